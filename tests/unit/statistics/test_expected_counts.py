from dataclasses import replace

import numpy as np
import pytest

from mlexporter import Profile
from mlexporter.errors import BinMismatchError
from mlexporter.records import Slots
from mlexporter.records.sides import SLOTS
from mlexporter.statistics.expected_counts import effective_reference, expected_cells, slot_rows
from mlexporter.statistics.subject_groups import feature_groups, output_groups

NIGHT, DAY, EMPTY = 0, 1, 2


@pytest.fixture
def sliced(profile, number, category):
    """A number, a category and an output in three slots: 400 rows by night, 600 by day, none in the last."""
    cells = np.array(
        [
            # number: 3 bins, missing, invalid; category: 3 bins, other, unseen, ...; output: 2 bins, ...
            [300, 80, 0, 20, 0, 350, 40, 10, 0, 0, 0, 200, 200, 0, 0],
            [60, 240, 300, 0, 0, 0, 0, 0, 0, 600, 0, 500, 80, 20, 0],
            [0] * 15,
        ]
    )
    total = cells.sum(axis=0).tolist()
    reference = profile([number(total[:5]), category(total[5:11])], [number(total[11:])])
    table = tuple(hour % 3 for hour in range(168))
    names = ("night", "day", "empty")
    return replace(
        reference,
        slots=Slots(table, "", (), (0, 1, 2), names, tuple(map(tuple, cells.tolist())), (400, 600, 0)),
    )


@pytest.fixture
def in_slots(sliced, window):
    """Make a window with so many rows in each slot."""

    def make(*rows):
        side_cells = np.zeros(max(place.stop for place in sliced.side_places.values()), dtype=np.int64)
        side_cells[sliced.side_places[SLOTS]] = rows
        return replace(window([[0] * 5, [0] * 6], [[0] * 4]), side_cells=side_cells)

    return make


def test_rows_of_slots_come_from_the_side_cells(sliced, in_slots, window, profile, number):
    """A row a window; one that counts no slots has none in any; a profile without slots has no answer."""
    plain = window([[0] * 5, [0] * 6], [[0] * 4])
    assert slot_rows(sliced, [in_slots(7, 2, 0), plain]).tolist() == [[7, 2, 0], [0, 0, 0]]
    assert slot_rows(profile([number([1, 1, 0, 0])]), [plain]) is None


def test_side_cells_of_another_profile_are_refused(sliced, in_slots):
    """They would be told as slots that they are not."""
    strange = replace(in_slots(7, 2, 0), side_cells=np.ones(3, dtype=np.int64))
    with pytest.raises(BinMismatchError, match="window 1h has 3 counts beside the bins"):
        slot_rows(sliced, [strange])


def test_expected_cells_by_hand(sliced, profile, number):
    """Of 100 rows by night and 60 by day: a fourth and a tenth of the training rows of each cell."""
    found = expected_cells(sliced, np.array([[100.0, 60.0, 9.0]]))[0]
    assert found[:5].tolist() == pytest.approx([75 + 6, 20 + 24, 30, 5, 0])
    assert found[11:].tolist() == pytest.approx([50 + 50, 50 + 8, 2, 0])
    with pytest.raises(BinMismatchError, match="no slots"):
        expected_cells(profile([number([1, 1, 0, 0])]), np.ones((1, 3)))


def test_expected_cells_add(sliced):
    """Those of two workers, or hours, are those of both together."""
    random = np.random.default_rng(0)
    first, second = random.integers(0, 99, size=(2, 4, 3)).astype(float)
    np.testing.assert_allclose(
        expected_cells(sliced, first) + expected_cells(sliced, second), expected_cells(sliced, first + second)
    )


def _by_loop(subject_cells, n_bins, rows, training_rows):
    """Mix shares of slots with w_h, and 1 / sum(w_h^2 / m_h) rows, as the specification says."""
    contributions, m = [], []
    for of_slot, n, total in zip(subject_cells, rows, training_rows, strict=True):
        shape = sum(of_slot[:n_bins])
        contributions.append(n * shape / total if total else 0.0)
        m.append(shape)
    if not any(contributions):
        return [sum(of_slot[cell] for of_slot in subject_cells) for cell in range(n_bins)]
    weights = [value / sum(contributions) for value in contributions]
    effective = 1 / sum(w * w / of_slot for w, of_slot in zip(weights, m, strict=True) if of_slot)
    shares = [
        sum(
            w * of_slot[cell] / size
            for w, of_slot, size in zip(weights, subject_cells, m, strict=True)
            if size
        )
        for cell in range(n_bins)
    ]
    return [share * effective for share in shares]


@pytest.mark.parametrize("rows", [(100, 0, 0), (0, 35, 0), (100, 60, 0), (3, 700, 1), (50, 50, 99)])
def test_the_effective_reference_equals_a_plain_loop(sliced, rows):
    """Features and outputs, each from its own cells."""
    cells = np.array(sliced.slots.cells)
    first = sliced.feature_offsets[-1]
    for groups, start_of, offset in (
        (feature_groups(sliced), sliced.feature_offsets, 0),
        (output_groups(sliced), sliced.output_offsets, first),
    ):
        for group in groups:
            found = effective_reference(group, np.array([rows, rows], dtype=float))
            for row, place in enumerate(group.members):
                start, n_bins = offset + start_of[place], group.cells.shape[1]
                expected = _by_loop(
                    cells[:, start : start + n_bins].tolist(), n_bins, rows, sliced.slots.rows
                )
                np.testing.assert_allclose(found[0, row], expected, rtol=1e-12)
                np.testing.assert_array_equal(found[0], found[1])


def test_one_slot_is_compared_with_its_own_rows(sliced):
    """All of a window by night: its 380 training rows that have a value."""
    group = next(group for group in feature_groups(sliced) if group.is_ordered)
    found = effective_reference(group, np.array([[250.0, 0.0, 0.0]]))
    np.testing.assert_allclose(found[0, 0], [300, 80, 0])


def test_the_mix_of_training_is_the_training(sliced):
    """Slots in their training proportions have its shares, and as many effective rows."""
    for group in feature_groups(sliced):
        found = effective_reference(group, np.array([[40.0, 60.0, 0.0]]))
        np.testing.assert_allclose(found[0], group.reference, rtol=1e-12)


@pytest.mark.parametrize(
    ("unknown", "is_whole"), [(0, False), (50, False), (100, False), (101, True), (9_999, True)]
)
def test_mostly_unknown_slots_are_compared_with_all_of_training(sliced, unknown, is_whole):
    """Up to half of the rows in a slot that training never saw are left out; beyond it slots say nothing."""
    group = next(group for group in feature_groups(sliced) if group.is_ordered)
    found = effective_reference(group, np.array([[100.0, 0.0, unknown]]))[0, 0]
    np.testing.assert_allclose(found, [360, 320, 300] if is_whole else [300, 80, 0])


def test_windows_without_slots_are_compared_with_all_of_training(sliced, profile, number):
    """Of an older version, or of no rows; a profile without slots needs no copy for each window."""
    for group in feature_groups(sliced):
        np.testing.assert_array_equal(effective_reference(group, np.zeros((1, 3)))[0], group.reference)
    (plain,) = feature_groups(profile([number([5, 4, 1, 0])]))
    assert effective_reference(plain, None).tolist() == [[[5, 4]]]


def test_the_segment_itself_is_compared_with_all_training_rows():
    """Expected of its own mix it would never drift: a country that doubles its share is drift of the country."""
    random = np.random.default_rng(5)
    country = random.choice(["de", "fr"], 4000, p=[0.5, 0.5])
    frame = {"country": country.tolist(), "amount": random.normal((country == "fr") * 3.0, 1.0)}
    profile = Profile.fit(frame, model="m", version="1", segment="country", joint=False)
    reference = profile.reference
    assert reference.slots is not None
    (group,) = [group for group in feature_groups(reference) if not group.is_ordered]
    rows = np.array([[90.0, 10.0]])
    assert effective_reference(group, rows)[0].tolist() == group.reference.tolist()
    (numbers,) = [group for group in feature_groups(reference) if group.is_ordered]
    assert effective_reference(numbers, rows)[0].tolist() != numbers.reference.tolist()
