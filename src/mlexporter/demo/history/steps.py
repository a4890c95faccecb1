"""How often pods are scraped: seldom long ago, often of late, so that months stay small and today is sharp."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

from mlexporter.demo.history.era import ALIGNMENT, DAY, HOUR, Era


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the era with one step; times in Unix seconds.

    Attributes:
        begins: First scrape.
        ends: Where the next stretch begins.
        step: Seconds between two scrapes.
        evaluation: Seconds between two evaluations of the models, a multiple of ``step``.
        block: Length of the blocks of Prometheus, which begin at multiples of it.
    """

    begins: int
    ends: int
    step: int
    evaluation: int
    block: int

    def moments(self) -> range:
        """Return the times of its scrapes."""
        return range(self.begins, self.ends, self.step)

    def chunks(self) -> list[Stretch]:
        """Return it cut at the edges of blocks: promtool reads a file once for each block that it touches."""
        edges = [
            self.begins,
            *range((self.begins // self.block + 1) * self.block, self.ends, self.block),
            self.ends,
        ]
        return [
            Stretch(begins, ends, self.step, self.evaluation, self.block)
            for begins, ends in itertools.pairwise(edges)
        ]


PAST_STEP: Final = 2 * HOUR
"""The coarsest step; ``query.lookback-delta`` has to be longer."""

RECENT_STEP: Final = 600
"""The finest step."""

LOOKBACK: Final = PAST_STEP + 60
"""What ``--query.lookback-delta`` is, seconds."""

_KINDS: Final = (
    # From how long ago on, step, evaluation, block.
    (None, PAST_STEP, 2 * PAST_STEP, 162 * HOUR),
    (9 * DAY, HOUR, 2 * HOUR, 54 * HOUR),
    (30 * HOUR, RECENT_STEP, 1800, 18 * HOUR),
)


def stretches_of(era: Era) -> list[Stretch]:
    """Return the stretches of an era, the oldest first."""
    starts = [
        era.begins if age is None else max((era.now - age) // ALIGNMENT * ALIGNMENT, era.begins)
        for age, *_ in _KINDS
    ]
    ends = [*starts[1:], era.ends]
    return [
        Stretch(begins, until, step, evaluation, block)
        for begins, until, (_, step, evaluation, block) in zip(starts, ends, _KINDS, strict=True)
        if begins < until
    ]
