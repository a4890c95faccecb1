"""What is counted beside the bins of a profile: names, order and lengths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from mlexporter.records.kinds import Kind

if TYPE_CHECKING:
    from mlexporter.records.reference import Reference

SidePlaces: TypeAlias = Mapping[str, slice]

SLOTS: Final = "slots"
"""Rows of each slot."""
REPEATS: Final = "repeats"
"""Rows whose value equals that of the row before, a cell a feature; last, rows that were compared."""
DUPLICATES: Final = "duplicates"
"""Rows of batches that repeat another row of their batch, and rows of batches."""
MAGNITUDES: Final = "magnitudes"
"""Sampled values of each numeric feature by sign and order of magnitude, ``MAGNITUDE_CELLS`` a feature."""
SKEWS: Final = "skews"
"""For each pair: rows that training hardly had, and rows that were looked at."""
JOINTS: Final = "joints"
"""Sampled rows in the cells of each joint."""
LEAVES: Final = "leaves"
"""Sampled rows in the leaves of the tree of expected errors."""

SIDES: Final = (SLOTS, REPEATS, DUPLICATES, MAGNITUDES, SKEWS, JOINTS, LEAVES)
"""All of them, in their order."""

MAGNITUDE_OCTAVES: Final = 24
"""Octaves around the scale of the training data, for each sign, two cells each."""
MAGNITUDE_CELLS: Final = 4 * MAGNITUDE_OCTAVES + 1
"""Negative ones from the largest to the smallest magnitude, zero and what is beyond the smallest, positive ones."""


def side_places(reference: Reference) -> SidePlaces:
    """Return where each side stands in the flat vector of ``reference``; lengths may be 0."""
    features = reference.features
    n_numbers = sum(feature.distribution.kind is Kind.NUMERIC for feature in features)
    lengths = {
        SLOTS: 0 if reference.slots is None else reference.slots.n_slots,
        REPEATS: len(features) + 1 if features else 0,
        DUPLICATES: 2 if features else 0,
        MAGNITUDES: MAGNITUDE_CELLS * n_numbers,
        SKEWS: 2 * len(reference.pairs),
        JOINTS: sum(joint.n_cells for joint in reference.joints),
        LEAVES: 0 if reference.estimation is None else reference.estimation.n_leaves,
    }
    start, places = 0, {}
    for name in SIDES:
        places[name] = slice(start, start + lengths[name])
        start += lengths[name]
    return places
