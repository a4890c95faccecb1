"""Sizes of a model as sums over its parts: so much for the model itself, so much for each part of a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

Sizes = Mapping[str, float]
"""Names to numbers of anything: series by metric, bytes by file."""

_STEP: Final = 8
"""Parts that are added to see what one costs: more hide what does not grow evenly, such as compressed bytes."""


class Parts(NamedTuple):
    """How many parts of each kind a model has.

    Attributes:
        numbers: Features that are numbers.
        categories: Features that are categories.
        outputs: Outputs.
        components: Components of the dependence between features.
    """

    numbers: int
    categories: int
    outputs: int
    components: int


def sizes_of(parts: Parts, measure: Callable[[Parts], Sizes]) -> dict[str, float]:
    """Return what ``measure`` would say of ``parts``, asked of small numbers of parts only.

    Args:
        parts: Of any number.
        measure: Returns sizes that grow evenly with the number of parts of each kind.
    """
    begin = _least(parts)
    least = measure(begin)
    found = dict(least)
    for place, wanted in enumerate(parts):
        if wanted == begin[place]:
            continue
        more = list(begin)
        more[place] += _STEP
        seen = measure(Parts(*more))
        for name in found.keys() | seen.keys():
            rise = (seen.get(name, 0.0) - least.get(name, 0.0)) / _STEP
            found[name] = found.get(name, 0.0) + rise * (wanted - begin[place])
    return found


def _least(parts: Parts) -> Parts:
    """Return a model of few parts; whether there is dependence at all makes a difference of its own."""
    return Parts(2, 0, 0, min(parts.components, 1))
