from __future__ import annotations

import zlib

import pytest

from mlexporter.state import envelope as module
from mlexporter.state.envelope import ALIGNMENT, FRONT_BYTES, seal, unseal

CONTENT = {"name": "é", "number": 0.1, "list": [1, None]}


def sealed_header(header):
    """Return an envelope with a valid checksum around any header."""
    front = module._FRONT.pack(b"mlexport", b"test", 1, zlib.crc32(header), len(header), 0)
    return front + header


def test_content_and_parts_come_back():
    """Floats exactly, parts byte by byte, empty ones too."""
    content, parts = unseal(b"test", 1, seal(b"test", 1, CONTENT, [b"abc", b"", memoryview(b"x" * 999)]))

    assert content == CONTENT
    assert [bytes(part) for part in parts] == [b"abc", b"", b"x" * 999]


@pytest.mark.parametrize("name", ["a", "ab", "abc" * 7])
def test_arrays_can_be_used_in_place(name):
    """The first part begins at a multiple of eight, however long the header is."""
    envelope = seal(b"test", 1, name, [b"\x01" * 8])

    assert (len(envelope) - 8) % ALIGNMENT == 0
    assert FRONT_BYTES % ALIGNMENT == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda envelope: b"", "truncated"),
        (lambda envelope: envelope[:-1], "truncated"),
        (lambda envelope: envelope + b"x", "truncated"),
        (lambda envelope: b"X" + envelope[1:], "not an envelope"),
        (lambda envelope: envelope[:-1] + b"X", "checksum"),
        (lambda envelope: seal(b"text", 1, CONTENT, []), "of kind 'test'"),
        (lambda envelope: seal(b"test", 2, CONTENT, []), "version 2; this mlexporter reads version 1"),
        (lambda envelope: sealed_header(b"[]"), "header"),
        (lambda envelope: sealed_header(b"{"), "header"),
        (lambda envelope: sealed_header(b"[" * 100_000), "header"),
        (lambda envelope: sealed_header(b'{"content": 1, "parts": ["x"]}'), "header"),
        (lambda envelope: sealed_header(b'{"content": 1, "parts": [1]}'), "add up"),
        (lambda envelope: sealed_header(b'{"content": 1, "parts": [1, -1]}'), "add up"),
    ],
)
def test_whatever_is_wrong_is_told(change, message):
    """ValueError with the reason, and nothing else."""
    with pytest.raises(ValueError, match=message):
        unseal(b"test", 1, change(seal(b"test", 1, CONTENT, [b"abc"])))
