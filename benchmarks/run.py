"""Measures what is promised about speed and memory, beside the libraries that do the same work.

    make bench                                          everything; some minutes, on a machine at rest
    make bench ARGS="--contests tail,threads"           some contests; nothing is kept
    .venv/bin/python benchmarks/run.py --only ours      without peers; nothing is kept

Contestants take turns (A B A B), each in a process of its own, in one run. Processor time, medians, and
ratios in OBS, which every process measures beside its own work. A contestant whose counts are not those of
its work is not believed. A whole run in which none of ours failed writes benchmarks/results.json, and its
figures into README.md.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import documents
import results as results_of
from contests import CONTESTS, REPETITIONS, Contest
from environments import ENVIRONMENTS, OURS
from races import Outcome, hold

RESULTS: Final = Path(__file__).parent / "results.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the contests and print a table; 1 where one of ours failed or counted wrongly."""
    # Ended from outside, it still lets its workers end and removes what they shared.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    chosen = _parser().parse_args(arguments)
    contests = _contests(chosen.contests)
    contestants = _contestants(chosen.only)
    repetitions = max(REPETITIONS, chosen.repetitions)
    outcomes: dict[str, dict[str, Outcome]] = {}
    for contest in contests:
        if not contestants & set(contest.entries):
            continue
        print(f"{contest.name}: {', '.join(sorted(contestants & set(contest.entries)))}", file=sys.stderr)
        outcomes[contest.name] = hold(contest, contestants, quick=chosen.quick, repetitions=repetitions)
    found = results_of.as_json(outcomes, is_quick=chosen.quick)
    print(results_of.table(found))
    failures = [
        f"{name}: {outcome.absent}"
        for name, by_contestant in outcomes.items()
        for outcome in by_contestant.values()
        if outcome.is_failed
    ]
    if not chosen.quick:
        _summarize("not met", results_of.missed(found))
    _summarize("failed", failures)
    is_whole = len(outcomes) == len(CONTESTS) and len(contestants) == len(ENVIRONMENTS) and not chosen.quick
    path = chosen.json or (RESULTS if is_whole and not failures else None)
    if path is not None:
        path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if path == RESULTS:
        documents.renew(found)
    return 1 if failures else 0


def _summarize(what: str, found: Sequence[str]) -> None:
    if found:
        print(f"\n{len(found)} {what}: {'; '.join(found)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--only", default="", help="contestants, such as ours or ours,whylogs; all if not given"
    )
    parser.add_argument("--contests", default="", help="such as tail,threads; all if not given")
    parser.add_argument(
        "--quick", action="store_true", help="little work, once: checks the counts, in seconds"
    )
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, help=f"at least {REPETITIONS}")
    parser.add_argument("--json", type=Path, help="write the results there")
    return parser


def _contests(names: str) -> tuple[Contest, ...]:
    known = {contest.name: contest for contest in CONTESTS}
    asked = _split(names, known, "contest") or list(known)
    return tuple(known[name] for name in asked)


def _contestants(names: str) -> frozenset[str]:
    known = {"ours": OURS, **{name: name for name in ENVIRONMENTS}}
    asked = _split(names, known, "contestant")
    return frozenset(known[name] for name in asked) or frozenset(ENVIRONMENTS)


def _split(names: str, known: Mapping[str, object], kind: str) -> list[str]:
    asked = [name.strip() for name in names.split(",") if name.strip()]
    for name in asked:
        if name not in known:
            sys.exit(f"there is no {kind} {name!r}; there are: {', '.join(known)}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
