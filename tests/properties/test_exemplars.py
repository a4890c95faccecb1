"""Exemplars of any processes become one in any order, and no torn record is ever one of them."""

from __future__ import annotations

from array import array

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlexporter.state.slots.exemplar_cells import RECORD_CELLS, SampledCall, newest, read_calls, write_call

N_RECORDS = 3
CALLS = st.builds(
    SampledCall,
    st.integers(1, 2**128 - 1),
    st.integers(1, 2**64 - 1),
    st.integers(0, 2**62),
    st.integers(1, 2**62),
)
RUBBISH = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=RECORD_CELLS, max_size=RECORD_CELLS)


@st.composite
def processes(draw, n_processes=3):
    """Return the cells of several processes, and the calls that stand whole in each."""
    found, times = [], set()
    for _ in range(n_processes):
        cells, whole = array("q", bytes(8 * RECORD_CELLS * N_RECORDS)), {}
        for place in range(N_RECORDS):
            kind = draw(st.sampled_from(["none", "whole", "torn", "rubbish"]))
            start = place * RECORD_CELLS
            call = draw(CALLS.filter(lambda each: each.unix_nanoseconds not in times))
            times.add(call.unix_nanoseconds)
            if kind in ("whole", "torn"):
                write_call(memoryview(cells), place, call)
            if kind == "whole":
                whole[place] = call
            if kind == "torn":
                cell = start + draw(st.integers(0, RECORD_CELLS - 1))
                flipped = (cells[cell] % 2**64) ^ draw(st.integers(1, 2**64 - 1))
                cells[cell] = flipped - 2**64 * (flipped >= 2**63)
            if kind == "rubbish":
                cells[start : start + RECORD_CELLS] = array("q", draw(RUBBISH))
                if np.bitwise_xor.reduce(cells[start : start + RECORD_CELLS]) == 0:
                    cells[start] ^= 1
        found.append((np.array(cells, dtype=np.int64), whole))
    return found


@given(processes())
def test_merging_knows_no_order(found):
    """Associative and commutative, to the bit; nothing that is not whole comes out of it."""
    a, b, c = (cells for cells, _ in found)
    merged = newest(newest(a, b), c)

    assert np.array_equal(newest(a, newest(b, c)), merged)
    assert np.array_equal(newest(c, newest(b, a)), merged)
    assert np.array_equal(newest(newest(merged, a), merged), merged)
    expected = {}
    for _, whole in found:
        for place, call in whole.items():
            known = expected.get(place)
            if known is None or call.unix_nanoseconds > known.unix_nanoseconds:
                expected[place] = call
    assert read_calls(merged) == expected
    is_empty = [not merged[place * RECORD_CELLS :][:RECORD_CELLS].any() for place in range(N_RECORDS)]
    assert is_empty == [place not in expected for place in range(N_RECORDS)]


@given(CALLS, CALLS, st.lists(st.booleans(), min_size=RECORD_CELLS, max_size=RECORD_CELLS))
def test_a_mixture_of_two_records_is_neither(first, second, choice):
    """Whichever cells are of which: the whole of one, or nothing, unless the xor of what differs is 0."""
    cells = [array("q", bytes(8 * RECORD_CELLS)) for _ in range(2)]
    for each, call in zip(cells, (first, second), strict=True):
        write_call(memoryview(each), 0, call)
    one, other = (np.array(each, dtype=np.int64) for each in cells)
    mixed = np.where(choice, one, other)
    changed = (one ^ other)[np.array(choice)]
    found = read_calls(mixed)

    if np.bitwise_xor.reduce(changed, initial=0) != 0:
        assert found == {}
    elif not changed.any() or np.array_equal(mixed, one):
        assert found[0] in (first, second)
