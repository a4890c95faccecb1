"""Measures how far alerts on drift can be believed, beside the libraries that people use today.

    make calibrate                                      everything; about twenty minutes on an idle machine
    make calibrate ARGS="--goals G1,G4 --seed 7"        some goals, another seed; nothing is kept
    make calibrate ARGS=--quick                         a minute, without peers; nothing is kept

Worlds are simulated with a fixed seed and go through the code that ships. With the usual seed every goal
that was measured replaces what benchmarks/calibration.json held of it, and the page
docs/explanation/calibration-results.md is written anew.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import machine
import worker
from calibration import one_thread
from calibration.findings import document, findings_of, table
from calibration.peers import PEERS
from calibration.plan import Plan
from environments import DoesNotInstallError

USUAL_SEED: Final = 20_261_122
RESULTS: Final = Path(__file__).parent / "calibration.json"
PAGE: Final = Path(__file__).parents[1] / "docs" / "explanation" / "calibration-results.md"
SCHEMA: Final = 1
_OWN: Final = frozenset({"mlexporter", "numpy", "scipy"})

GOALS: Final = {
    "G1": "false_alarms",
    "G2": "correlated",
    "G3": "seasons",
    "G4": "sizes",
    "G5": "power",
    "G6": "delays",
    "G7": "outlier",
    "G8": "estimated",
    "G10": "joints",
    "G11": "influence",
    "G13": "expressions",
    "G14": "speed",
}
"""Goal to the module of ``calibration`` that measures it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the goals and print a table; 1 where one is not reached."""
    asked = _parser().parse_args(arguments)
    plan = Plan(asked.seed, asked.quick, not (asked.quick or asked.without_peers), asked.processes)
    absent = _absences() if plan.with_peers else {}
    started = time.monotonic()
    results = _described(plan, absent) | {"goals": _measured(_goals(asked.goals), plan)}
    seconds = time.monotonic() - started
    findings = findings_of(results)
    print(table(findings))
    missed = [f"{one.goal} {one.what}" for one in findings if one.is_reached is False]
    print(
        f"\n{len(missed)} not reached{': ' if missed else ''}{'; '.join(missed)}. Seed {plan.seed}, {seconds:.0f} s."
    )
    for name, reason in absent.items():
        print(f"{name} is not here: {reason}")
    if plan.is_quick:
        print("QUICK: the figures rest on very little.")
    if asked.json is not None:
        asked.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    elif plan.seed == USUAL_SEED and not plan.is_quick:
        _keep(results)
    return 1 if missed and not plan.is_quick else 0


def _measured(goals: Sequence[str], plan: Plan) -> dict[str, Any]:
    measured = {}
    for goal in goals:
        started = time.monotonic()
        print((_module(goal).__doc__ or "").splitlines()[0], file=sys.stderr, flush=True)
        findings = [one.as_json() for one in _module(goal).measure(plan)]
        seconds = round(time.monotonic() - started)
        measured[goal] = {"measured": _today(), "seconds": seconds, "findings": findings}
        print(f"{goal}: done in {seconds} s", file=sys.stderr, flush=True)
    return measured


def _keep(results: dict[str, Any]) -> None:
    """Write ``results``, with what was known before of goals that were not measured now."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {"goals": {}}
    goals = {goal: {**known["goals"], **results["goals"]}.get(goal) for goal in GOALS}
    kept = results | {"goals": {goal: found for goal, found in goals.items() if found}}
    kept["not_measured"] = [goal for goal, found in goals.items() if not found]
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(document(kept), encoding="utf-8")


def _today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())


def _module(goal: str) -> Any:
    return importlib.import_module(f"calibration.{GOALS[goal]}")


def _absences() -> dict[str, str]:
    found = {}
    for name, environment in PEERS.items():
        try:
            environment.python()
        except DoesNotInstallError as reason:
            found[name] = str(reason)
    return found


def _described(plan: Plan, absent: dict[str, str]) -> dict[str, Any]:
    own = {name: version for name, version in worker.versions().items() if name in _OWN}
    peers = {
        name: one.requirements[0].rpartition("=")[2] for name, one in PEERS.items() if name not in absent
    }
    return {
        "schema": SCHEMA,
        "seed": plan.seed,
        "is_quick": plan.is_quick,
        "threads_of_a_process": int(os.environ[one_thread.VARIABLES[0]]),
        "machine": machine.describe(),
        "versions": {**own, **peers},
        "absent": absent,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--goals", default="", help="such as G1,G4; all if not given")
    parser.add_argument(
        "--seed", type=int, default=USUAL_SEED, help=f"of all chance, {USUAL_SEED} if not given"
    )
    parser.add_argument("--quick", action="store_true", help="very little of everything, without peers")
    parser.add_argument("--without-peers", action="store_true", help="asks no other library")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="pieces at a time")
    parser.add_argument("--json", type=Path, help="write the results there")
    return parser


def _goals(names: str) -> tuple[str, ...]:
    asked = tuple(name.strip().upper() for name in names.split(",") if name.strip())
    for name in asked:
        if name not in GOALS:
            sys.exit(f"there is no goal {name!r}; there are: {', '.join(GOALS)}")
    return asked or tuple(GOALS)


if __name__ == "__main__":
    sys.exit(main())
