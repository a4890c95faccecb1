import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlexporter.records import OutcomeTable
from mlexporter.statistics.expected_effect import transport
from mlexporter.statistics.expected_outcomes import ExpectedOutcomes

counts = st.lists(st.integers(0, 10**6), min_size=2, max_size=12)
change = st.floats(0, 1e6)


@given(counts, st.data(), st.booleans())
def test_transport_is_never_negative_and_0_without_drift(rows, data, is_ordered):
    """Nor larger than the share of rows that moved times the changes on the longest way."""
    n = len(rows)
    p = np.array([rows], dtype=np.float64) + 1
    q = np.array([data.draw(st.lists(st.integers(0, 10**6), min_size=n, max_size=n))], dtype=np.float64) + 1
    changes = np.array([data.draw(st.lists(change, min_size=n, max_size=n))])
    p, q = p / p.sum(), q / q.sum()
    moved = transport(q, p, changes, is_ordered=is_ordered)[0]
    assert transport(p, p, changes, is_ordered=is_ordered)[0] == 0
    assert moved >= 0
    most = changes[:, 1:].sum() if is_ordered else changes.max() * 2
    assert moved <= 0.5 * np.abs(q - p).sum() * most * (1 + 1e-9) + 1e-9


@given(counts, st.data())
def test_estimated_qualities_are_shares_with_variances(rows, data):
    """Whatever the table and the window: values from 0 to 1, variances that are not negative, nothing NaN."""
    positives = [data.draw(st.integers(0, found)) for found in rows]
    predicted = [data.draw(st.integers(0, found)) for found in rows]
    right = [
        data.draw(st.integers(max(0, some + others - found), min(some, others)))
        for some, others, found in zip(positives, predicted, rows, strict=True)
    ]
    areas = data.draw(st.lists(st.floats(0, 1), min_size=len(rows), max_size=len(rows)))
    window = data.draw(st.lists(st.integers(0, 10**9), min_size=len(rows), max_size=len(rows)))
    table = OutcomeTable(0, "", *(tuple(part) for part in (rows, positives, predicted, right, areas)))
    outcomes = ExpectedOutcomes.of(table, np.array(window, dtype=np.float64))
    for quality in (outcomes.accuracy() | outcomes.qualities()).values():
        assert -1e-9 <= quality.value <= 1 + 1e-9
        assert 0 <= quality.variance < np.inf
