"""Records of sampled calls in cells: the newest one stays, and one that is torn is absent.

A record has six cells: the upper and the lower half of the trace's number, the number of the span,
nanoseconds that the call took, nanoseconds since 1970 at its end, and the xor of these five. Numbers
of traces and spans are unsigned and cells are not: it is their bits that stand there.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from mlexporter.records import Counts

if TYPE_CHECKING:
    import numpy.typing as npt

RECORD_CELLS: Final = 6
_NANOSECONDS, _UNIX_NANOSECONDS = 3, 4
_RECORD: Final = struct.Struct("=3Q2qQ")
_HALF_BITS: Final = 64
_HALF: Final = 2**_HALF_BITS - 1


class SampledCall(NamedTuple):
    """One record, read.

    Attributes:
        trace_id: 128 bits, unsigned.
        span_id: 64 bits, unsigned.
        nanoseconds: How long the call took, 0 or more.
        unix_nanoseconds: When it ended, nanoseconds since 1970, 1 or more.
    """

    trace_id: int
    span_id: int
    nanoseconds: int
    unix_nanoseconds: int


def write_call(cells: memoryview, place: int, call: SampledCall) -> None:
    """Write the record at ``place``, in one step of the interpreter and without a lock.

    Who is killed in the middle, or writes the same record at the same time on a Python without a
    global lock, leaves one whose last cell does not fit.

    Args:
        cells: Of the records, format ``q``.
        place: Of the record among them, 0 or more.
        call: What is written.

    Raises:
        struct.error: a number has more bits than its cells.
        ValueError: the cells belong to the parent of this forked process.
    """
    trace_id, span_id, nanoseconds, unix_nanoseconds = call
    high, low = trace_id >> _HALF_BITS, trace_id & _HALF
    check = high ^ low ^ span_id ^ nanoseconds ^ unix_nanoseconds
    packed = _RECORD.pack(high, low, span_id, nanoseconds, unix_nanoseconds, check)
    start = place * RECORD_CELLS
    cells[start : start + RECORD_CELLS] = memoryview(packed).cast("q")


def read_calls(cells: Counts) -> dict[int, SampledCall]:
    """Return what stands in whole records, by their place.

    Args:
        cells: Of the records, int64, shape (6 * n_records,).
    """
    records = cells.reshape(-1, RECORD_CELLS)
    return {place: _read(records[place]) for place in np.flatnonzero(_times(records)).tolist()}


def newest(first: Counts, second: Counts) -> Counts:
    """Return the newer one of each pair of records, zeros where neither is whole.

    Args:
        first: Cells of records, int64, shape (6 * n_records,); stays where both are of one time.
        second: As many others.
    """
    ours, theirs = first.reshape(-1, RECORD_CELLS), second.reshape(-1, RECORD_CELLS)
    our_times, their_times = _times(ours), _times(theirs)
    chosen = np.where((their_times > our_times)[:, None], theirs, ours)
    chosen[np.maximum(our_times, their_times) == 0] = 0
    return chosen.ravel()


def _times(records: Counts) -> Counts:
    """Return the time of each record, 0 of one that is empty or torn."""
    is_whole: npt.NDArray[np.bool_] = (
        (np.bitwise_xor.reduce(records, axis=1) == 0)
        & (records[:, _NANOSECONDS] >= 0)
        & (records[:, _UNIX_NANOSECONDS] > 0)
    )
    return np.where(is_whole, records[:, _UNIX_NANOSECONDS], 0)


def _read(record: Counts) -> SampledCall:
    high, low, *others = _RECORD.unpack(record.tobytes())[:-1]
    return SampledCall(high << _HALF_BITS | low, *others)
