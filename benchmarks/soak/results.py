"""What is kept of a run, and its table for a terminal."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from soak import memory
from soak.expected import ALWAYS

SCHEMA: Final = 1
_POINTS: Final = 120


def kept(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of a run: seconds count from the begin of the load."""
    zero, scale = found["loaded"], found["scale"]
    settled = zero + scale.warm_up
    return {
        "schema": SCHEMA,
        "measured": time.strftime("%Y-%m-%d", time.gmtime(found["began"])),
        "seed": found["seed"], "was_interrupted": found["was_interrupted"],
        "machine": found["machine"], "versions": found["versions"],
        "scale": {"minutes": scale.minutes, "factor": scale.factor, "interval": scale.interval,
                  "warm_up": scale.warm_up, "seconds": round(found["ended"] - zero)},
        "totals": found["totals"],
        "verdicts": found["verdicts"],
        "faults": [
            {"what": one["what"], "to": one["to"], "began": round(one["began"] - zero, 1),
             "over": round(one["over"] - zero, 1), "detail": one.get("detail", {}),
             **({"failed": one["failed"]} if "failed" in one else {})}
            for one in found["faults"]
        ],
        "pages": [
            {"alert": one.alert, "labels": _short(one.labels), "began": round(one.began - zero), "ended": round(one.ended - zero)}
            for one in found.get("firings", ()) if one.alert not in ALWAYS
        ],
        "sent": [
            {"alert": one.alert, "is_firing": one.is_firing, "labels": _short(one.labels), "at": round(one.at - zero)}
            for one in found["messages"]
        ],
        "lives": [_life(one) for one in found["lives"]],
        "memory": {name: told for name, uses in found["use"].items()
                   if (told := memory.summary(uses, max(settled, uses[0].at + 60.0)))},
        "curves": {name: _thin([[round(use.at - zero), round(use.kibibytes)] for use in uses])
                   for name, uses in found["use"].items() if len(uses) > 1},
        "traffic": _thin([[round(at - zero), calls, rows] for at, calls, rows in found["traffic"]]),
        "logs": found["logs"],
    }  # fmt: skip


def _short(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in labels.items() if name in
            {"instance", "reason", "lost", "feature", "model_name", "model_version", "output", "severity"}}  # fmt: skip


def _life(life: Mapping[str, Any]) -> dict[str, Any]:
    accounts = {
        key: {name: value for name, value in account.items() if name != "left"}
        for key, account in life["accounts"].items()
    }
    return {
        **life,
        "accounts": accounts,
        "unanswered": [[each[0], each[1], each[4]] for each in life["unanswered"]],
    }


def _thin(points: Sequence[Any]) -> list[Any]:
    step = -(-len(points) // _POINTS) or 1
    return [*points[:-1:step], *points[-1:]]


def table(results: Mapping[str, Any]) -> str:
    """Return what held, as lines."""
    lines = [
        f"{'held ' if one['held'] else 'FAILS'}  {one['what']}: {one['found']}" for one in results["verdicts"]
    ]
    totals = results["totals"]
    head = f"{totals['answered']:,} calls and {totals['rows']:,} rows in {results['scale']['seconds']} s, seed {results['seed']}"
    return "\n".join([head, *lines])
