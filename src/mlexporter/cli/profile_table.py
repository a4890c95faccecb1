"""A profile as a short table for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from mlexporter.records import Distribution, Kind, Reference

_NAME_WIDTH: Final = 32
_TEXT_WIDTH: Final = 60


def profile_lines(reference: Reference) -> Iterator[str]:
    """Yield the lines that describe ``reference``: what is monitored, what is not, and why."""
    yield (
        f"model {_plain(reference.model_name)} version {_plain(reference.model_version)}, "
        f"{reference.row_count:,} training rows, {_when(reference.created_timestamp)}, "
        f"fingerprint {reference.fingerprint}"
    )
    yield f"{'column':{_NAME_WIDTH}}  {'kind':11}  {'bins':>4}  {'missing':>7}  {'threshold':>9}  range"
    for feature in reference.features:
        yield _row(feature.name, feature.distribution, feature.threshold, has_alert=feature.alert)
    for output in reference.outputs:
        name = f"→ {output.name}" + (f" ({output.class_name})" if output.class_name else "")
        yield _row(name, output.distribution, output.threshold, has_alert=output.alert)
        if output.positives is not None:
            yield f"  labels: {sum(output.positives):,} of {sum(output.distribution.counts):,} rows are positive"
    if not reference.outputs:
        yield "no output: drift of predictions is not monitored; name their column with mlexporter profile --score"
    if reference.skipped:
        yield "not monitored:"
        for name, reason in reference.skipped.items():
            yield f"  {_cut(name, _NAME_WIDTH)}: {_plain(reason)}"


def _row(name: str, distribution: Distribution, threshold: float, *, has_alert: bool) -> str:
    missing = distribution.counts[distribution.n_shape_bins] / max(1, distribution.row_count)
    alert = "" if has_alert else "  (shown, no alert)"
    return (
        f"{_cut(name, _NAME_WIDTH):{_NAME_WIDTH}}  {distribution.kind.value:11}  {distribution.n_shape_bins:>4}  "
        f"{missing:>7.1%}  {threshold:>9g}  {_cut(_range(distribution), _TEXT_WIDTH)}{alert}"
    )


def _range(distribution: Distribution) -> str:
    if distribution.kind is Kind.NUMERIC:
        if distribution.minimum is None or distribution.maximum is None:
            return ""
        return f"{distribution.minimum:g} – {distribution.maximum:g}"
    return ", ".join(distribution.bin_ranges[: len(distribution.categories)])


def _when(timestamp: float) -> str:
    try:
        return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return f"at {timestamp:g} s"


def _cut(text: str, width: int) -> str:
    plain = _plain(text)
    return plain if len(plain) <= width else plain[: width - 1] + "…"


def _plain(text: str) -> str:
    # Names come from data: nothing in them may steer the terminal.
    return "".join(
        "?" if unicodedata.category(character).startswith("C") else character for character in text
    )
