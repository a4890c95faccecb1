"""How often the peers alert about features that are well, by their default rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from calibration.findings import figure
from calibration.peers import ALIBI_DETECT, EVIDENTLY, NANNYML, RIVER, Question, ask
from calibration.plan import Plan

_FEATURES: Final = {EVIDENTLY: 20, NANNYML: 20, ALIBI_DETECT: 100}
_LOOKS_OF_A_WEEK: Final = 2016
_LOOKED_AT: Final = 100
_STREAM_ROWS: Final = 1_000


def alarms_of_peers(plan: Plan, world: str, rows: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return what each peer makes of a world, in alerts a week of 100 features, by rows an hour.

    Args:
        plan: Of the run.
        world: ``iid`` or ``repeats``.
        rows: Rows of a sliding hour, which is looked at each five minutes.
    """
    if not plan.with_peers:
        return {}
    seconds = plan.of(10, 3)
    common = {
        "world": world,
        "training_rows": 10_000,
        "looks": plan.of(600, 4),
        "seconds": seconds,
        "seed": plan.seed,
    }
    questions = [
        Question(peer, "alarms", {**common, "features": features, "rows_an_hour": n})
        for n in rows
        for peer, features in _FEATURES.items()
    ]
    if world == "iid":
        questions.append(
            Question(RIVER, "alarms", {"seed": plan.seed, "values": 5_000_000, "seconds": seconds})
        )
    found: dict[int, dict[str, str]] = {n: {} for n in rows}
    for question, answer in zip(questions, plan.map(f"peers, {world}", ask, questions), strict=True):
        n = int(question.told.get("rows_an_hour", _STREAM_ROWS))
        found[n] |= _streams(answer) if question.peer == RIVER else {question.peer: _alerts(answer)}
    return found


def _alerts(answer: Mapping[str, Any]) -> str:
    if "absent" in answer:
        return str(answer["absent"])
    looks, features = int(answer["looks"]), int(answer["features"])
    a_week = answer["begun"] / max(1, (looks - 1) * features) * _LOOKS_OF_A_WEEK * _LOOKED_AT
    share = answer["firing"] / (looks * features)
    return f"{figure(round(a_week))} ({figure(100 * share)} % of {looks} looks x {features} features fire)"


def _streams(answer: Mapping[str, Any]) -> dict[str, str]:
    if "absent" in answer:
        return {RIVER: str(answer["absent"])}
    values = _STREAM_ROWS * 168 * _LOOKED_AT
    return {
        f"{RIVER} {name}": f"{figure(round(said['begun'] / said['values'] * values))} (in {said['values']:,} values)"
        for name, said in answer.items()
    }
