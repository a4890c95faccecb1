"""A profile as a short table for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from mlexporter.catalogue import DRIFT_STATISTICS
from mlexporter.cli.learned_table import learned_lines
from mlexporter.cli.plain_text import plain
from mlexporter.records import Distribution, FeatureReference, Kind, OutputReference, Reference

_NAME_WIDTH: Final = 32
_TEXT_WIDTH: Final = 60


def profile_lines(reference: Reference, told: Iterable[str] = ()) -> Iterator[str]:
    """Yield the lines that describe ``reference``: what is monitored, what is not, and why.

    Args:
        reference: A profile.
        told: What the fit said it could not learn.
    """
    yield (
        f"model {plain(reference.model_name)} version {plain(reference.model_version)}, "
        f"{reference.row_count:,} training rows, {_when(reference.created_timestamp)}, "
        f"fingerprint {reference.fingerprint}"
    )
    yield f"{'column':{_NAME_WIDTH}}  {'kind':11}  {'bins':>4}  {'missing':>7}  {'threshold':>9}  range"
    for feature in reference.features:
        yield _row(feature.name, feature)
    for output in reference.outputs:
        name = f"→ {output.name}" + (f" ({output.class_name})" if output.class_name else "")
        yield _row(name, output)
        if output.positives is not None:
            yield f"  labels: {sum(output.positives):,} of {sum(output.distribution.counts):,} rows are positive"
    if not reference.outputs:
        yield "no output: drift of predictions is not monitored; name their column with mlexporter profile --score"
    yield from learned_lines(reference)
    for sentence in told:
        yield plain(sentence)
    if reference.skipped:
        yield "not monitored:"
        for name, reason in reference.skipped.items():
            yield f"  {_cut(name, _NAME_WIDTH)}: {plain(reason)}"


def _row(name: str, subject: FeatureReference | OutputReference) -> str:
    distribution = subject.distribution
    missing = distribution.counts[distribution.n_shape_bins] / max(1, distribution.row_count)
    alert = "" if subject.alert else "  (shown, no alert)"
    threshold = f"{subject.threshold:g}" + (
        "" if subject.statistic == DRIFT_STATISTICS[0] else f" {subject.statistic}"
    )
    return (
        f"{_cut(name, _NAME_WIDTH):{_NAME_WIDTH}}  {distribution.kind.value:11}  {distribution.n_shape_bins:>4}  "
        f"{missing:>7.1%}  {threshold:>9}  {_cut(_range(distribution), _TEXT_WIDTH)}{alert}"
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
    shown = plain(text)
    return shown if len(shown) <= width else shown[: width - 1] + "…"
