"""What people decided about the drift of a model, and what follows from it.

A decision is never changed and never removed: what holds now follows from all of them. So files of decisions
can be merged by putting them together, whoever wrote them and in whatever order they are found.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from mlexporter.records import ModelKey
from mlexporter.state.envelope import seal, unseal

KIND: Final = b"dcsn"
VERSION: Final = 1

ACCEPT: Final = "accept"
RESET: Final = "reset"
EXCLUDE: Final = "exclude"
INCLUDE: Final = "include"
ACKNOWLEDGE: Final = "acknowledge"
END: Final = "end"
KINDS: Final = (ACCEPT, RESET, EXCLUDE, INCLUDE, ACKNOWLEDGE, END)
LONGEST_TEXT: Final = 1_000


class Decision(NamedTuple):
    """One decision.

    Attributes:
        identity: Unique.
        kind: One of ``KINDS``.
        who: Who decided.
        why: In their words.
        timestamp: Unix seconds.
        fingerprint: Of the bins that were in use; what it says of a baseline or an episode ends with them.
        feature: What it is about; empty where that is the model.
        until: When an acknowledgement ends at the latest, Unix seconds; None where nothing was said.
        with_incidents: Whether a baseline is learned from incidents too.
    """

    identity: str
    kind: str
    who: str
    why: str
    timestamp: float
    fingerprint: str = ""
    feature: str = ""
    until: float | None = None
    with_incidents: bool = False


class Rulings(NamedTuple):
    """What holds now.

    Attributes:
        baseline: The newest decision about the baseline of the bins in use; None where nobody decided.
        excluded: Features that do not alert.
        acknowledged: Features whose drift is known, with the decision.
    """

    baseline: Decision | None = None
    excluded: frozenset[str] = frozenset()
    acknowledged: Mapping[str, Decision] = {}


def new_identity() -> str:
    """Return what names a decision."""
    return secrets.token_hex(8)


def rulings(decisions: Iterable[Decision], *, fingerprint: str, now: float) -> Rulings:
    """Return what follows from ``decisions``.

    Args:
        decisions: All of them, in their order (``merged``).
        fingerprint: Of the bins in use.
        now: Unix seconds.
    """
    about: Decision | None = None
    excluded: set[str] = set()
    known: dict[str, Decision] = {}
    for decision in decisions:
        is_of_these_bins = decision.fingerprint == fingerprint
        if decision.kind == EXCLUDE:
            excluded.add(decision.feature)
        elif decision.kind == INCLUDE:
            excluded.discard(decision.feature)
        elif decision.kind == ACKNOWLEDGE and is_of_these_bins:
            known[decision.feature] = decision
        elif decision.kind == END:
            known.pop(decision.feature, None)
        elif is_of_these_bins:
            about = decision
    going_on = {
        feature: decision
        for feature, decision in known.items()
        if decision.until is None or now < decision.until
    }
    return Rulings(about, frozenset(excluded), going_on)


def merged(*logs: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return all decisions of ``logs`` once, oldest first."""
    found = {decision.identity: decision for log in logs for decision in log}
    return tuple(sorted(found.values(), key=lambda decision: (decision.timestamp, decision.identity)))


def following(decision: Decision, known: Iterable[Decision]) -> Decision:
    """Return a new decision with a time behind all that are known.

    Order decides what holds: where the clock was set back, what is decided now would else be older than
    what it is about, and never hold.
    """
    newest = max((each.timestamp for each in known), default=-math.inf)
    if decision.timestamp > newest:
        return decision
    return decision._replace(timestamp=math.nextafter(newest, math.inf))


def decisions_to_bytes(key: ModelKey, decisions: Iterable[Decision]) -> bytes:
    """Return decisions about a model as one checked piece of bytes."""
    return seal(
        KIND, VERSION,
        {"key": list(key.label_values), "decisions": [decision._asdict() for decision in decisions]}, (),
    )  # fmt: skip


def decisions_from_bytes(data: bytes) -> tuple[ModelKey, tuple[Decision, ...]]:
    """Return what ``decisions_to_bytes`` was given.

    Raises:
        ValueError: it is damaged, or was written by another version.
    """
    content, _ = unseal(KIND, VERSION, data)
    try:
        name, version, variant = map(str, content["key"])
        return ModelKey(name, version, variant), tuple(map(_decision, content["decisions"]))
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"damaged: {error!r} in decisions") from None


def _decision(fields: dict[str, Any]) -> Decision:
    kind = str(fields["kind"])
    if kind not in KINDS:
        raise ValueError(f"damaged: {kind[:40]!r} is no kind of decision")
    until = fields["until"]
    return Decision(
        identity=str(fields["identity"]),
        kind=kind,
        who=str(fields["who"]),
        why=str(fields["why"]),
        timestamp=_finite(fields["timestamp"]),
        fingerprint=str(fields["fingerprint"]),
        feature=str(fields["feature"]),
        until=None if until is None else _finite(until),
        with_incidents=bool(fields["with_incidents"]),
    )


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"damaged: {value!r} is no time")
    return number
