"""The rows of the soak: callers send them, and the profile is learned from the same distribution."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any, Final

MODEL: Final = "fares"
CHAT: Final = "concierge"
FEATURES: Final = ("distance", "passengers", "hour", "zone")
ZONES: Final = ("centre", "north", "south", "harbour", "airport")
_ZONE_WEIGHTS: Final = (40, 25, 20, 10, 5)
_TRAINING_ROWS: Final = 20_000
KILOMETRES_IN_METRES: Final = 1000.0
"""The unit error at the end: somebody sends metres."""


def new_row(chance: random.Random, *, distance_factor: float = 1.0) -> dict[str, Any]:
    """Return one trip; ``distance_factor`` other than 1 is an error of the unit of ``distance``."""
    return {
        "distance": round(chance.lognormvariate(1.5, 0.6), 3) * distance_factor,
        "passengers": min(1 + int(chance.expovariate(1.2)), 6),
        "hour": round(chance.triangular(0.0, 24.0, 17.0), 2),
        "zone": chance.choices(ZONES, _ZONE_WEIGHTS)[0],
    }


def fare(row: dict[str, Any]) -> float:
    """Return what the model says."""
    return 2.5 + 1.8 * float(row["distance"]) + 0.4 * row["passengers"] + math.sin(row["hour"])


def save_profile(path: Path, version: str, seed: int) -> None:
    """Learn the reference of one version from rows of its own, and write it."""
    from mlexporter import Profile  # noqa: PLC0415 - the application that serves never learns

    chance = random.Random(f"{seed}-{version}")
    rows = [new_row(chance) for _ in range(_TRAINING_ROWS)]
    columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in FEATURES}
    columns["fare"] = [fare(row) for row in rows]
    Profile.fit(columns, model=MODEL, version=version, prediction="fare").save(path)
