"""What waits in the buffers of a model."""

from __future__ import annotations

from mlexporter.catalogue import SCHEMA_REASONS, STATUSES
from mlexporter.state.entries import ABANDONED, OK, UNKNOWN_DURATION, Call, PlainRows


def test_pieces_are_joined_in_their_order():
    """Packed parts one after another, all others piece by piece."""
    first = PlainRows(2, b"ab", b"cd", b"ef", ((("x", "y"),),), ())
    second = PlainRows(1, b"g", b"h", b"i", ((("z",),),), ())

    assert PlainRows.joined([first, second]) == (
        3,
        b"abg",
        b"cdh",
        b"efi",
        ((("x", "y"),), (("z",),)),
        (),
        b"",
    )
    assert PlainRows.joined([first]) is first


def test_a_call_is_one_good_row_unless_it_says_more(counted):
    """Nothing is known of it but that."""
    call = Call(counted.state.lane)

    assert (call.n_rows, call.status, call.elapsed_nanoseconds) == (1, OK, UNKNOWN_DURATION)
    assert (call.rows, call.outputs, call.delta, call.error_name) == (None, None, None, None)
    assert call.violations == [0] * len(SCHEMA_REASONS)
    assert Call(counted.state.lane).violations is not call.violations
    assert list(STATUSES).index("abandoned") == ABANDONED


def test_rows_that_a_call_has_dropped_are_not_for_a_drain(counted):
    """They are accounted for already."""
    assert Call(counted.state.lane, 3).counted_rows == 3
    assert Call(counted.state.lane, 3, drop_reason="sampled").counted_rows == 0
