"""Files of a directory are read back as they were written, and anything else is told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlexporter.state.slots.block import cells_bytes
from mlexporter.state.slots.file_format import (
    HEADER_BYTES,
    SLOT_VERSION,
    DamagedError,
    read_header,
    read_record,
    write_header,
    write_record,
)
from mlexporter.state.slots.merging import Totals, described
from mlexporter.state.slots.process_name import ProcessName
from mlexporter.state.slots.sums_file import HEADER_BYTES as SUMS_HEADER_BYTES
from mlexporter.state.slots.sums_file import Sums, decode, encode


def test_a_header_comes_back():
    """Who, since when, and no blocks yet; 64 bytes."""
    header = write_header(ProcessName(17, 5, 6), 99)

    assert len(header) == HEADER_BYTES
    assert read_header(header) == ((17, 5, 6), 99, 0)


def test_a_record_comes_back(make):
    """The description, and where the cells are: aligned, as long as the block needs."""
    description = make.describe("é\n\ud800")
    head = write_record(description.to_json(), description.synchronous.size, description.banked.size)
    content = bytes(64) + head + bytes(cells_bytes(description))
    record = read_record(content, 64, len(content))

    assert record.description == description.to_json()
    assert record.cells == 64 + len(head)
    assert record.cells % 8 == record.end % 64 == 0
    assert record.cells_end == len(content) <= record.end


@given(place=st.integers(0, 39), bit=st.integers(0, 7))
def test_no_bit_of_a_header_can_change(place, bit):
    """A flipped bit is garbled, wherever it is: also in the version."""
    header = bytearray(write_header(ProcessName(17, 5, 6), 99))
    header[place] ^= 1 << bit
    with pytest.raises(DamagedError) as caught:
        read_header(bytes(header))

    assert caught.value.reason == "garbled"


def test_another_version_is_no_garbage():
    """What a later version wrote is whole."""
    with pytest.raises(DamagedError) as caught:
        read_header(write_header(ProcessName(1), 2, version=SLOT_VERSION + 1))

    assert caught.value.reason == "version"


@given(length=st.integers(0, 400))
def test_a_record_that_is_cut_is_truncated(length):
    """Wherever it is cut."""
    head = write_record('{"a":"' + "x" * 200 + '"}', 3, 5)
    content = head + bytes(8 * (3 + 1 + 10))
    assert len(content) < 400
    if length >= len(content):
        assert read_record(content, 0, len(content)).n_banked == 5
        return
    with pytest.raises(DamagedError) as caught:
        read_record(content[:length], 0, length)

    assert caught.value.reason == "truncated"


@given(content=st.binary(min_size=32, max_size=300))
def test_noise_is_no_record(content):
    """Nothing but our own error comes of it."""
    with pytest.raises(DamagedError):
        read_record(content, 0, len(content))


def sums(make):
    """Return sums of two blocks with everything that can be in a file."""
    totals = Totals()
    for name in ("one", "two"):
        block = described(make.describe(name).to_json())
        totals.add(block, np.arange(block.rules.size, dtype=np.int64))
    return Sums(totals, frozenset({"slot-1-a"}), {"slot-2-b": "garbled"}, {"garbled": 3})


def test_sums_come_back(make):
    """Vectors, names and numbers."""
    written = sums(make)
    content = encode(written)
    found = decode(content[:SUMS_HEADER_BYTES], content[SUMS_HEADER_BYTES:])

    assert (found.folded, found.moved, found.set_aside) == (written.folded, written.moved, written.set_aside)
    assert list(found.totals.vectors) == list(written.totals.vectors)
    for identity, vector in written.totals.vectors.items():
        assert np.array_equal(found.totals.vectors[identity], vector)


@given(data=st.data())
def test_no_byte_of_sums_can_change(make_sums, data):
    """A cut, a flipped bit: truncated or garbled or another version, never other sums."""
    content = bytearray(make_sums)
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        place = data.draw(
            st.integers(0, len(content) - 1).filter(lambda at: not 16 <= at < 32 and not 56 <= at < 64)
        )
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(DamagedError):
        decode(bytes(content[:SUMS_HEADER_BYTES]), bytes(content[SUMS_HEADER_BYTES:]))


@pytest.fixture(scope="module")
def make_sums():
    """The bytes of sums of one block."""
    from mlexporter.records import ModelKey
    from mlexporter.state.layout import CellKind, Layout
    from mlexporter.state.slots import BlockDescription, BlockKind

    layout = Layout((("cells", CellKind.COUNT, 5),))
    block = described(
        BlockDescription(BlockKind.SERVICE, ModelKey("m", "1"), "", layout, layout, {}).to_json()
    )
    totals = Totals()
    totals.add(block, np.arange(10, dtype=np.int64))
    return encode(Sums(totals, frozenset({"slot-1-a"}), {}, {"garbled": 3}))
