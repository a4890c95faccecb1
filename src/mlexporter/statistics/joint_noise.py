"""How much joints move from block to block while all is well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from mlexporter.records import ComponentNoise, FeatureReference, Reference, WindowCounts
from mlexporter.records.cells import no_counts
from mlexporter.records.sides import JOINTS
from mlexporter.statistics.joint_groups import joint_groups
from mlexporter.statistics.learned_noise import learn_noise
from mlexporter.statistics.side_counts import side_counts


def learn_joint_noise(
    reference: Reference,
    blocks: Iterable[WindowCounts],
    *,
    required_observations: int,
    are_in_reference: bool = True,
) -> dict[int, ComponentNoise]:
    """Measure how much blocks of one length differ from the reference in the components of joints.

    A joint has the noise of those of its components that move most: rather too much than too little.
    Slots are not taken out, because training does not tell joints apart by them: what hangs on the hour
    is noise here, also where it is season for the features.

    Args:
        reference: The profile, or the baseline, that windows will be compared with.
        blocks: Counts of each block with their ``side_cells``; one without them does not count.
        required_observations: Rows that a block needs to be used.
        are_in_reference: As of ``learn_noise``. Of the training rows only those count in joints that
            transforms were not fitted on; blocks should hold no others.

    Returns:
        Position in ``Reference.joints`` to its noise; those with too few blocks are left out.
    """
    components = [distribution for joint in reference.joints for distribution in joint.distributions]
    features = tuple(FeatureReference(str(place), each) for place, each in enumerate(components))
    if not features:
        return {}
    # Components are to joints what features are to a model: the same code measures both.
    alone = replace(
        reference, features=features, outputs=(), slots=None, joints=(), pairs=(), estimation=None
    )
    counts = _component_counts(reference, blocks, len(features))
    learned = learn_noise(
        alone, counts, required_observations=required_observations, are_in_reference=are_in_reference
    ).features
    found, start = {}, 0
    for place, groups in enumerate(joint_groups(reference)):
        stop = start + len(groups.joint.distributions)
        own = [learned[component] for component in range(start, stop) if component in learned]
        if own and len(own) == stop - start:
            found[place] = largest_noise(own)
        start = stop
    return found


def _component_counts(
    reference: Reference, blocks: Iterable[WindowCounts], n_components: int
) -> Iterator[WindowCounts]:
    empty = np.zeros(n_components, dtype=np.int64)
    for block in blocks:
        cells = side_counts(reference, [block], JOINTS)[0]
        yield replace(
            block, feature_cells=cells, out_of_range=empty, type_mismatches=empty,
            output_cells=no_counts(), side_cells=no_counts(),
        )  # fmt: skip


def largest_noise(noise: Sequence[ComponentNoise]) -> ComponentNoise:
    """Return the largest of each component, known from the fewest blocks; ``noise`` holds one or more."""
    return ComponentNoise(
        blocks=min(each.blocks for each in noise),
        location=max(each.location or 0.0 for each in noise),
        spread=max(each.spread or 0.0 for each in noise),
        omnibus=max(each.omnibus for each in noise),
    )
