"""The process of one contestant in one contest: prepares, then does one repetition for each line it reads.

    python benchmarks/worker.py contestants.ours_rows:HotPath quick

Lines of JSON go to what was standard output; anything that a library prints goes to standard error.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import platform
import sys
import traceback
from typing import Any, Final, TextIO

from contest import NotMeasurable
from observation import Observation

_DISTRIBUTIONS: Final = (
    "mlexporter", "numpy", "pandas", "pyarrow", "scipy", "prometheus_client", "opentelemetry-sdk", "whylogs", "evidently",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Return the version of Python, and of each library of interest that is installed here."""
    found = {"python": platform.python_version()}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def serve(entry: str, *, quick: bool, answers: TextIO) -> None:
    """Prepare the task ``module:Class`` and answer each line of standard input with a repetition."""

    def say(**message: Any) -> None:
        print(json.dumps(message), file=answers, flush=True)

    try:
        module, name = entry.split(":")
        task = getattr(importlib.import_module(module), name)(quick=quick)
        observation = Observation()
    except NotMeasurable as reason:
        say(unavailable=str(reason))
        return
    say(ready=versions())
    for _ in sys.stdin:
        before = observation.seconds()
        numbers = task.repeat()
        say(numbers=numbers, observation=(before + observation.seconds()) / 2)
    task.close()


def main() -> int:
    """Run until standard input ends; an error is told as the last line."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        serve(sys.argv[1], quick=sys.argv[2:] == ["quick"], answers=answers)
    except Exception:  # noqa: BLE001 - told to the host, which knows whether it can do without
        print(json.dumps({"error": traceback.format_exc()}), file=answers, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
