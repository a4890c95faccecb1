"""A baseline as a short table for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from mlexporter.app.baselines.incidents import clean_places
from mlexporter.app.baselines.learning import REQUIRED_CLEAN
from mlexporter.app.baselines.words import fault_lines, length_of, printable, when

if TYPE_CHECKING:
    from mlexporter.app.baselines.baseline import Baseline
    from mlexporter.app.baselines.block_file import KeptLog
    from mlexporter.app.baselines.decisions import Decision, Rulings
    from mlexporter.records import ComponentNoise

_FEATURES_SHOWN: Final = 10
_REASONS_SHOWN: Final = 10
_NAME_WIDTH: Final = 32


def table_lines(kept: KeptLog, baseline: Baseline | None, rulings: Rulings, *, now: float) -> Iterator[str]:
    """Yield what is known of the baseline of a model, and what people decided.

    Args:
        kept: Its blocks.
        baseline: What is in use; None for training.
        rulings: What follows from the decisions.
        now: Unix seconds.
    """
    key, log = kept.key, kept.log
    if baseline is not None and baseline.fingerprint != log.fingerprint:
        baseline = None
    clean = len(clean_places(log, rulings.excluded))
    yield f"model {printable(key.name)} version {printable(key.version)} ({key.variant}), profile {log.fingerprint}"
    yield from _against(baseline)
    yield (
        f"blocks    {len(log.blocks)} of {log.limit} of {length_of(log.length_seconds)} each, {clean} clean "
        f"({REQUIRED_CLEAN} needed), {_age(now - kept.written.wall)}"
    )
    for line in fault_lines(log, rulings.excluded)[:_REASONS_SHOWN]:
        yield f"          {line}"
    note = str(kept.remarks.get("note", ""))
    if note:
        yield f"note      {printable(note)}"
    asked = rulings.baseline
    if asked is not None and asked.identity not in {
        kept.remarks.get("handled"), "" if baseline is None else baseline.decision,
    }:  # fmt: skip
        yield f"waiting   {asked.kind} of {when(asked.timestamp)}: the exporter has not evaluated since"
    if rulings.excluded:
        yield f"excluded  {printable(', '.join(sorted(rulings.excluded)))}"
    for feature, decision in sorted(rulings.acknowledged.items()):
        until = "" if decision.until is None else f", until {when(decision.until)} at the latest"
        yield (
            f"known     drift of {printable(feature)}, since {when(decision.timestamp)}{until}, "
            f"{printable(decision.who)}: {printable(decision.why)}"
        )
    if baseline is not None:
        yield from _noise_lines(kept.features, baseline)


def log_lines(decisions: Sequence[Decision]) -> Iterator[str]:
    """Yield every decision, oldest first."""
    yield "decisions"
    for decision in decisions:
        feature = f" {printable(decision.feature)}" if decision.feature else ""
        until = "" if decision.until is None else f" until {when(decision.until)}"
        extra = " with incidents" if decision.with_incidents else ""
        yield (
            f"  {when(decision.timestamp)}  {decision.kind}{feature}{until}{extra}  "
            f"{printable(decision.who)}: {printable(decision.why)}"
        )
    if not decisions:
        yield "  none"


def _against(baseline: Baseline | None) -> Iterator[str]:
    if baseline is None:
        yield "against   training"
        return
    yield f"against   baseline of {baseline.n_blocks} blocks of serving, {baseline.counts.row_count:,} rows"
    yield f"since     {when(baseline.accepted_timestamp)}"
    yield f"by        {printable(baseline.who) if baseline.who else 'itself, after a clean week'}"
    if baseline.why:
        yield f"why       {printable(baseline.why)}"


def _noise_lines(features: Sequence[str], baseline: Baseline) -> Iterator[str]:
    """Yield the features that move most from block to block while all is well."""
    rows = [
        (name, window, noise)
        for name, by_window in zip(features, baseline.feature_noise, strict=False)
        for window, noise in by_window.items()
    ]
    if not rows:
        yield "noise     none could be learned: too few rows in each block"
        return
    rows.sort(key=lambda row: -_largest(row[2]))
    yield "noise, in standard deviations from block to block, the noisiest first"
    yield f"  {'feature':{_NAME_WIDTH}}  {'window':>6}  {'location':>8}  {'spread':>8}  {'omnibus':>8}  {'blocks':>6}"
    for name, window, noise in rows[:_FEATURES_SHOWN]:
        parts = "  ".join(f"{_number(part):>8}" for part in (noise.location, noise.spread, noise.omnibus))
        yield f"  {_cut(name):{_NAME_WIDTH}}  {window:>6}  {parts}  {noise.blocks:>6}"
    if len(rows) > _FEATURES_SHOWN:
        yield f"  and {len(rows) - _FEATURES_SHOWN} more"


def _largest(noise: ComponentNoise) -> float:
    return max(noise.location or 0.0, noise.spread or 0.0, noise.omnibus)


def _number(variance: float | None) -> str:
    return "-" if variance is None else f"{math.sqrt(max(variance, 0.0)):.3f}"


def _cut(text: str) -> str:
    plain = printable(text)
    return plain if len(plain) <= _NAME_WIDTH else plain[: _NAME_WIDTH - 1] + "…"


def _age(seconds: float) -> str:
    if seconds < 90:
        return "written just now"
    return (
        f"written {seconds / 60:.0f} minutes ago"
        if seconds < 5400
        else f"written {seconds / 3600:.0f} hours ago"
    )
