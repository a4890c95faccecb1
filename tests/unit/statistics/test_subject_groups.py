from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.statistics.bin_positions import bin_positions
from mlexporter.statistics.subject_groups import feature_groups, output_groups

numbers = st.floats(min_value=-1e6, max_value=1e6, width=32)


@st.composite
def distributions(draw):
    """Draw bins of a number or of a category, with training counts, with and without a scale."""
    if draw(st.booleans()):
        names = tuple("abcdef"[: draw(st.integers(min_value=0, max_value=5))])
        described = {"kind": Kind.CATEGORICAL, "training_type": TrainingType.TEXT, "categories": names}
    else:
        described = {
            "kind": Kind.NUMERIC,
            "training_type": TrainingType.FLOAT,
            "edges": tuple(sorted(draw(st.sets(numbers, max_size=6)))),
            "minimum": draw(st.none() | numbers),
            "maximum": draw(st.none() | numbers),
            "standard_deviation": draw(st.none() | st.just(0.0) | st.floats(min_value=1e-6, max_value=1e3)),
            "quantiles": tuple((0.5, value) for value in draw(st.lists(numbers, max_size=3))),
        }
    n_cells = Distribution(**described).n_cells
    counts = st.integers(min_value=0, max_value=10**17)
    return Distribution(**described, counts=tuple(draw(st.lists(counts, min_size=n_cells, max_size=n_cells))))


@given(found=st.lists(distributions(), min_size=1, max_size=8), thresholds=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_each_row_of_a_group_is_one_subject(profile, found, thresholds):
    """Bit for bit what its distribution alone says, and its own cells; every subject is in one group."""
    reference = profile(found)
    wanted = thresholds.draw(st.lists(st.floats(0.01, 9.0), min_size=len(found), max_size=len(found)))
    features = tuple(
        replace(feature, threshold=threshold)
        for feature, threshold in zip(reference.features, wanted, strict=True)
    )
    reference = replace(reference, features=features)
    offsets = reference.feature_offsets
    groups = feature_groups(reference)
    assert sorted(place for group in groups for place in group.members.tolist()) == [*range(len(found))]
    for group in groups:
        for row, place in enumerate(group.members):
            distribution = found[place]
            cells = np.arange(offsets[place], offsets[place] + distribution.n_shape_bins)
            assert group.cells[row].tolist() == cells.tolist()
            assert group.is_ordered == distribution.is_ordered
            assert group.reference[row].tolist() == [
                float(rows) for rows in distribution.counts[: len(cells)]
            ]
            assert not group.uses_psi[row]
            assert group.thresholds[row] == wanted[place]
            assert group.positions[row].tobytes() == bin_positions(distribution).tobytes()


def test_they_are_formed_once_for_a_profile(profile, number):
    """They are kept with it, and are no part of its value; a changed profile has its own."""
    bins = number([2_000, 5_000, 3_000, 0, 0])
    reference, equal = profile([bins], threshold=0.1), profile([bins], threshold=0.1)
    first = feature_groups(reference)
    changed = replace(reference, features=(replace(reference.features[0], threshold=0.5),))

    assert feature_groups(reference) is first
    assert output_groups(reference) == ()
    assert reference == equal
    assert repr(reference) == repr(equal)
    assert feature_groups(changed)[0].thresholds.tolist() == [0.5]
