"""Says which shares of unusable or unusual values rose beyond the training data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter.exposition.page import words
from mlexporter.exposition.page.subjects import EXCESS, Subject, WindowScore
from mlexporter.records import Kind

_NOTABLE_RISE: Final = 0.01  # where no confidence bound is published, a percentage point is told


@dataclass(frozen=True, slots=True)
class RisenShare:
    """A share (0 to 1) of the rows of one window that is notably larger than in training."""

    what: str
    current: float
    reference: float
    window: str

    @property
    def sentence(self) -> str:
        """The two shares in words."""
        return f"{words.share(self.current)} {self.what} now, {words.share(self.reference)} in training"


def risen_shares(subject: Subject) -> list[RisenShare]:
    """Return the notable rises of the window that is drawn of ``subject``.

    A rise is notable when its published lower bound is above 0 and it is not tiny, or, without a
    bound, when it is a percentage point or more.
    """
    shown = subject.shown
    if shown is None:
        return []
    total, trained = int(shown.cells.sum()), subject.distribution.row_count
    if total == 0 or trained == 0:
        return []
    found = []
    for what, current, reference in _pairs(subject, shown):
        risen = RisenShare(what, current / total, reference / trained, shown.window)
        if _is_notable(risen, shown.scores.get(EXCESS.get(what, ""))):
            found.append(risen)
    return found


def _is_notable(risen: RisenShare, lower_bound: float | None) -> bool:
    rise = risen.current - risen.reference
    if lower_bound is None:
        return rise >= _NOTABLE_RISE
    return lower_bound > 0 and rise >= _NOTABLE_RISE / 10


def _pairs(subject: Subject, shown: WindowScore) -> list[tuple[str, int, int]]:
    trained = subject.distribution
    pairs = [
        ("missing", int(shown.cells[-2]), trained.counts[-2]),
        ("outside the training range", shown.out_of_range, trained.out_of_range),
        ("of another type", shown.type_mismatches, trained.type_mismatches),
    ]
    if trained.kind is not Kind.NUMERIC:
        pairs.insert(1, ("in unknown categories", int(shown.cells[-3]), trained.counts[-3]))
    if shown.cells[-1] > shown.type_mismatches:
        pairs.append(("not usable as a value", int(shown.cells[-1]), trained.counts[-1]))
    return pairs
