"""The results of a run: as JSON, which is kept, and as tables made from that JSON."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

import machine
from bars import BARS, Bar, NotMeasuredError, Outcomes

SCHEMA: Final = 1
_UNITS_BEFORE_LETTERS: Final = {"x", ""}


def as_json(outcomes: Outcomes, *, is_quick: bool) -> dict[str, Any]:
    """Return all that was measured, figures first; what is absent says why."""
    return {
        "schema": SCHEMA,
        "measured": time.strftime("%Y-%m-%d", time.gmtime()),
        "is_quick": is_quick,
        "machine": machine.describe(),
        "figures": [_figure(bar, outcomes) for bar in BARS],
        "contests": {
            contest: {contestant: outcome.as_json() for contestant, outcome in found.items()}
            for contest, found in outcomes.items()
        },
    }


def _figure(bar: Bar, outcomes: Outcomes) -> dict[str, Any]:
    figure: dict[str, Any] = {"what": bar.what, "unit": bar.unit}
    if bar.limit is not None:
        figure |= {"limit": bar.limit, "at_least": bar.at_least}
    try:
        measured = bar.measure(outcomes)
    except NotMeasuredError as reason:
        return figure | {"not_measured": str(reason)}
    met = bar.is_met(measured)
    return figure | {"measured": measured} | ({} if met is None else {"is_met": met})


def missed(results: Mapping[str, Any]) -> list[str]:
    """Return the promises that do not hold."""
    return [f"{one['what']} ({one['unit']})" for one in results["figures"] if one.get("is_met") is False]


def table(results: Mapping[str, Any]) -> str:
    """Return the figures and the machine, for a terminal."""
    lines = [f"{'what':<60}{'measured':>12}{'bar':>14}  met", "-" * 91]
    for figure in results["figures"]:
        if "not_measured" in figure:
            lines.append(f"{figure['what']:<60}{'-':>12}{_limit(figure):>14}  {figure['not_measured']}")
            continue
        met = {True: "yes", False: "NO", None: ""}[figure.get("is_met")]
        lines.append(f"{figure['what']:<60}{_with_unit(figure, 'measured'):>12}{_limit(figure):>14}  {met}")
    lines += ["", surroundings(results), f"OBS: {_units(results)}; see benchmarks/observation.py."]
    if results["is_quick"]:
        lines.append("QUICK: the counts were checked; the figures mean nothing.")
    return "\n".join(lines)


def markdown(results: Mapping[str, Any]) -> str:
    """Return the figures that were measured, as a table for a document."""
    lines = ["| what | measured | bar |", "|---|---:|---:|"]
    lines += [
        f"| {figure['what']} | {_with_unit(figure, 'measured')} | {_limit(figure)} |"
        for figure in results["figures"]
        if "measured" in figure
    ]
    absent = [
        f"{one['what'].removeprefix('... ')} ({one['not_measured']})"
        for one in results["figures"]
        if "not_measured" in one
    ]
    if absent:
        lines += ["", f"Not measured: {'; '.join(absent)}."]
    return "\n".join([*lines, "", surroundings(results)])


def surroundings(results: Mapping[str, Any]) -> str:
    """Return one sentence about machine and versions."""
    seen: dict[str, str] = {}
    for found in results["contests"].values():
        for outcome in found.values():
            for name, version in outcome.get("versions", {}).items():
                seen.setdefault(name, version)
    seen.pop("python", None)
    known = results["machine"]
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(seen.items()))
    return (
        f"{results['measured']}: {known['cores']} cores of {known['processor']}, {known['memory_gib']} GiB, "
        f"{known['system']}, {known['python']}; {libraries}."
    )


def _units(results: Mapping[str, Any]) -> str:
    found = [
        outcome["observation_seconds"] * 1e6
        for contest in results["contests"].values()
        for outcome in contest.values()
        if "observation_seconds" in outcome
    ]
    return f"{min(found):.2f} to {max(found):.2f} us" if found else "not measured"


def _limit(figure: Mapping[str, Any]) -> str:
    if "limit" not in figure:
        return ""
    return f"{'>=' if figure['at_least'] else '<='} {_with_unit(figure, 'limit')}"


def _with_unit(figure: Mapping[str, Any], key: str) -> str:
    value = float(figure[key])
    digits = (
        0 if abs(value) >= 100 or (key == "limit" and value == int(value)) else 1 if abs(value) >= 10 else 2
    )
    gap = "" if figure["unit"] in _UNITS_BEFORE_LETTERS else " "
    return f"{value:,.{digits}f}{gap}{figure['unit']}"
