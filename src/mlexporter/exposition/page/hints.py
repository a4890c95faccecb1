"""Says what is strange about the values of a feature: another unit, a stuck feed, a broken derivation."""

from __future__ import annotations

from collections.abc import Iterator

from mlexporter.catalogue import (
    FEATURE_EXPECTED_EFFECT,
    FEATURE_SKEW,
    FEATURE_STUCK_EXCESS,
    FEATURE_TOP_VALUE,
    FEATURE_TRAINING_SKEW,
    FEATURE_UNIT_FACTOR,
)
from mlexporter.exposition.page import words
from mlexporter.exposition.page.subjects import DRIFT_ABOVE, Subject, WindowScore
from mlexporter.statistics.repeated_values import STUCK_RATIO, STUCK_RISE
from mlexporter.statistics.unit_factor import unit_words


def hints(subject: Subject) -> Iterator[str]:
    """Yield a sentence for each thing that is strange in the window that is drawn, the gravest first."""
    shown = subject.shown
    if shown is not None:
        yield from _of_values(shown)
        yield from _of_drift(shown)


def _of_values(shown: WindowScore) -> Iterator[str]:
    factor = shown.score_of(FEATURE_UNIT_FACTOR)
    if factor is not None:
        yield f"Another unit? Values look {unit_words(factor)}."
    stuck, top = shown.score_of(FEATURE_STUCK_EXCESS), shown.score_of(FEATURE_TOP_VALUE)
    if stuck is not None and stuck > STUCK_RISE and top is not None and top > STUCK_RATIO:
        yield f"Stuck? At least {words.share(top)} of the rows have the same value."
    skew = shown.score_of(FEATURE_SKEW)
    if skew:
        yield f"At least {words.share(skew)} of the rows do not fit what it derives from."


def _of_drift(shown: WindowScore) -> Iterator[str]:
    moved = shown.score_of(FEATURE_EXPECTED_EFFECT)
    if moved is not None and shown.is_drift:
        yield f"This drift is expected to matter by {words.amount(moved)} for predictions."
    training = shown.score_of(FEATURE_TRAINING_SKEW)
    if training is not None and training > DRIFT_ABOVE:
        yield f"Against training the severity is {words.amount(training)}: the accepted baseline differs from it."
