"""What is said to people of a baseline: in ``describe()``, on the page and by the command line."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mlexporter.app.baselines.blocks import BlockLog, Fault
    from mlexporter.records import BaselineState

_TRAINING: Final = "training"
_UNITS: Final = ((604800.0, "w"), (86400.0, "d"), (3600.0, "h"), (60.0, "m"), (1.0, "s"))
_MEANINGS: Final = {
    "rows": "too few rows",
    "gap": "nobody evaluated for a while",
    "schema": "rows that break the schema",
    "missing": "missing values",
    "invalid": "invalid values",
    "out_of_range": "values out of range",
    "unseen": "unseen categories",
    "type_mismatch": "values of another type",
    "many": "much else",
}


def state_lines(state: BaselineState) -> Iterator[str]:
    """Yield a sentence each on what drift is measured against, what is being learned, and what people decided."""
    if state.against == _TRAINING:
        yield f"drift is measured against training; {_progress(state)}"
    else:
        who = (
            f", accepted by {printable(state.who)}: {printable(state.why)}"
            if state.who
            else ", learned by itself"
        )
        yield f"drift is measured against a baseline of serving of {when(state.accepted_timestamp)}{who}"
    if state.note:
        yield printable(state.note)
    if state.excluded:
        yield f"excluded from alerts: {printable(', '.join(sorted(state.excluded)))}"
    for feature, timestamp in sorted(state.acknowledged.items()):
        yield f"drift of {printable(feature)} is acknowledged since {when(timestamp)}"


def _progress(state: BaselineState) -> str:
    return (
        f"{state.watched_blocks} of {state.block_limit} blocks of {length_of(state.block_seconds)} watched for a "
        f"baseline, {state.clean_blocks} of them clean ({state.required_blocks} needed)"
    )


def fault_lines(log: BlockLog, excluded: frozenset[str]) -> list[str]:
    """Return why blocks of ``log`` are not clean, the most frequent reason first."""
    found: Counter[Fault] = Counter()
    for block in log.blocks:
        found.update({fault for fault in block.faults if fault.feature not in excluded})
    return [
        f"{count} with {_MEANINGS.get(fault.kind, fault.kind)}"
        + (f" of {printable(fault.feature)}" if fault.feature else "")
        for fault, count in found.most_common()
    ]


def when(timestamp: float | None) -> str:
    """Return a Unix time for people."""
    if timestamp is None:
        return "an unknown time"
    try:
        return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return f"{timestamp:g} s"


def length_of(seconds: float) -> str:
    """Return a duration such as ``1h`` or ``90m``."""
    for size, unit in _UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


def printable(text: str) -> str:
    """Return ``text`` without anything that steers a terminal: names and reasons come from outside."""
    return "".join(
        "?" if unicodedata.category(character).startswith("C") else character for character in text
    )
