"""Holds a contest: one process for each contestant, which take turns; medians of what they say."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from contests import Contest
from environments import ENVIRONMENTS, OURS, DoesNotInstallError

_FOLDER: Final = Path(__file__).parent
_SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - where workers share counts in production, too


class RaceError(Exception):
    """Says that a contestant failed or counted wrongly, so that nothing it said can be believed."""


@dataclass(frozen=True)
class Outcome:
    """What one contestant did in one contest.

    Attributes:
        numbers: Medians by name, in seconds, bytes or counts.
        in_observations: Medians of the same numbers, each divided by OBS of its own repetition.
        lowest, highest: Of the repetitions.
        observation_seconds: Median of OBS beside this contestant.
        versions: Of the libraries in its environment.
        absent: Why it did not take part, or is not believed; all else is empty then.
        is_failed: True where it was ours that failed or counted wrongly.
    """

    numbers: Mapping[str, float] = field(default_factory=dict)
    in_observations: Mapping[str, float] = field(default_factory=dict)
    lowest: Mapping[str, float] = field(default_factory=dict)
    highest: Mapping[str, float] = field(default_factory=dict)
    repetitions: int = 0
    observation_seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
    absent: str = ""
    is_failed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return what is not empty."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, said: list[dict[str, Any]], versions: Mapping[str, str]) -> Self:
        """Return the medians of the repetitions."""
        names = list(said[0]["numbers"])
        by_name = {name: [float(one["numbers"][name]) for one in said] for name in names}
        units = [float(one["observation"]) for one in said]
        return cls(
            numbers={name: statistics.median(values) for name, values in by_name.items()},
            in_observations={
                name: statistics.median(value / unit for value, unit in zip(values, units, strict=True))
                for name, values in by_name.items()
            },
            lowest={name: min(values) for name, values in by_name.items()},
            highest={name: max(values) for name, values in by_name.items()},
            repetitions=len(said),
            observation_seconds=statistics.median(units),
            versions=versions,
        )


class _Runner:
    """The process of one contestant."""

    def __init__(self, python: Path, entry: str, *, quick: bool, shared: str) -> None:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("MLEXPORTER_")
        }
        environment["MLEXPORTER_DIR"] = shared
        environment["PYTHONWARNINGS"] = "ignore"
        arguments = [str(python), str(_FOLDER / "worker.py"), entry, *(["quick"] if quick else [])]
        # A library may be chatty: its words are read only where it fails.
        self._words = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed below
        self._process = subprocess.Popen(  # noqa: S603 - the worker of this folder
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._words,
            text=True, env=environment, cwd=_FOLDER,
        )  # fmt: skip
        self.absent = ""
        self.versions: Mapping[str, str] = {}
        found = self._answer()
        self.absent = str(found.get("unavailable", ""))
        self.versions = found.get("ready", {})

    def repeat(self) -> dict[str, Any]:
        """Return what the contestant says of one repetition."""
        if self._process.stdin is not None:
            print("repeat", file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = "" if self._process.stdout is None else self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._words.seek(0)
            raise RaceError(f"exit status {self._process.returncode}: {self._words.read()[-2000:]}")
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise RaceError(str(found["error"]))
        return found

    def close(self) -> None:
        """Let the process end by itself."""
        self._process.communicate()
        self._words.close()


@contextlib.contextmanager
def _shared_folder() -> Iterator[str]:
    root = str(_SHARED_MEMORY) if os.access(_SHARED_MEMORY, os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="mlexporter-benchmark-", dir=root)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def hold(
    contest: Contest, contestants: frozenset[str], *, quick: bool, repetitions: int
) -> dict[str, Outcome]:
    """Let ``contestants`` take turns in ``contest``, and return what each of them did.

    Args:
        contest: The work.
        contestants: Names; those that have no entry are left out.
        quick: Little work and one repetition: the numbers mean nothing, the counts are checked.
        repetitions: Used where the contest repeats at all.

    Returns:
        Who fails or counts wrongly is absent with the reason; the others go on.
    """
    found: dict[str, Outcome] = {}
    said: dict[str, list[dict[str, Any]]] = {}
    with contextlib.ExitStack() as stack:
        runners: dict[str, _Runner] = {}
        for name, entry in contest.entries.items():
            if name not in contestants:
                continue
            try:
                python = ENVIRONMENTS[name].python()
                shared = stack.enter_context(_shared_folder())
                runner = _Runner(python, entry, quick=quick, shared=shared)
            except (DoesNotInstallError, RaceError) as error:
                found[name] = _absence(name, error)
                continue
            stack.callback(runner.close)
            if runner.absent:
                found[name] = Outcome(absent=runner.absent)
            else:
                runners[name], said[name] = runner, []
        total = 1 if quick or contest.repetitions == 1 else repetitions + 1
        for repetition in range(total):
            for name, runner in list(runners.items()):
                try:
                    answer = runner.repeat()
                except RaceError as error:
                    found[name] = _absence(name, error)
                    del runners[name]
                    continue
                if repetition or total == 1:
                    said[name].append(answer)
        found |= {name: Outcome.of(said[name], runner.versions) for name, runner in runners.items()}
    return found


def _absence(name: str, error: Exception) -> Outcome:
    lines = str(error).strip().splitlines()
    reason = lines[-1][:200] if lines else type(error).__name__
    return Outcome(absent=reason, is_failed=name == OURS)
