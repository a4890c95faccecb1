"""What a person can choose about a demo with a past."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from mlexporter.demo.faults import Fault
from mlexporter.demo.history.folder import DEFAULT_FOLDER
from mlexporter.demo.options import DEFAULT_SEED


@dataclass(frozen=True, slots=True)
class HistoryOptions:
    """One history.

    Attributes:
        seconds: How much of the past, from ``era.parse_history``.
        out: Where it goes.
        faults: Features that are broken in the last day; without one nothing is made at all.
        seed: Of training, routes, durations and failures.
        serve: Starts Prometheus on it in the end.
        port: Port of that Prometheus; its usual one, or a free one where that is taken, if not given.
        program_path: Folders with programs, separated as in PATH.
        now: The present, Unix seconds.
    """

    seconds: int
    out: Path = Path(DEFAULT_FOLDER)
    faults: tuple[Fault, ...] = ()
    seed: int = DEFAULT_SEED
    serve: bool = True
    port: int | None = None
    program_path: str = ""
    now: float = field(default_factory=time.time)
