"""An envelope for what processes leave each other: a kind, a version, a header, bytes, a checksum.

No pickle: a header of JSON and parts of plain bytes. Whatever is wrong with an envelope, opening it
raises ValueError and nothing else.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from typing import Any, Final

_MAGIC: Final = b"mlexport"
_FRONT: Final = struct.Struct("<8s4sIIIQ")
"""Magic, kind, version, CRC-32 of all that follows, bytes of the header, bytes of the parts."""
ALIGNMENT: Final = 8
"""Parts begin at addresses divisible by it, if their lengths are: arrays can be used in place."""
FRONT_BYTES: Final = _FRONT.size


def seal(kind: bytes, version: int, content: Any, parts: Sequence[bytes | memoryview]) -> bytes:
    """Return one envelope.

    Args:
        kind: Four letters.
        version: Of what is inside; another version is not opened.
        content: Anything that JSON can say; floats come back exactly.
        parts: Bytes, any number of them, of any length.
    """
    header = json.dumps({"parts": [len(part) for part in parts], "content": content}, separators=(",", ":"))
    encoded = header.encode()
    encoded += b" " * (-(FRONT_BYTES + len(encoded)) % ALIGNMENT)
    checksum = zlib.crc32(encoded)
    for part in parts:
        checksum = zlib.crc32(part, checksum)
    length = sum(len(part) for part in parts)
    front = _FRONT.pack(_MAGIC, kind, version, checksum, len(encoded), length)
    return b"".join((front, encoded, *parts))


def unseal(kind: bytes, version: int, envelope: bytes) -> tuple[Any, list[memoryview]]:
    """Return the content and the parts, which are views of ``envelope``.

    Raises:
        ValueError: it is no such envelope, or it is truncated, damaged or of another version.
    """
    if len(envelope) < FRONT_BYTES:
        raise ValueError(f"truncated: {len(envelope)} bytes are no envelope")
    magic, found_kind, found_version, checksum, header_length, length = _FRONT.unpack_from(envelope)
    if magic != _MAGIC or found_kind != kind:
        raise ValueError(f"not an envelope of kind {kind.decode()!r} of mlexporter")
    if found_version != version:
        raise ValueError(f"written in version {found_version}; this mlexporter reads version {version}")
    rest = memoryview(envelope)[FRONT_BYTES:]
    if len(rest) != header_length + length:
        raise ValueError(f"truncated: {len(rest)} bytes where {header_length + length} were written")
    if zlib.crc32(rest) != checksum:
        raise ValueError("damaged: the checksum does not match")
    header = _header(bytes(rest[:header_length]))
    lengths = header["parts"]
    if sum(lengths) != length or min(lengths, default=0) < 0:
        raise ValueError("damaged: the lengths of the parts do not add up")
    parts, start = [], header_length
    for each in lengths:
        parts.append(rest[start : start + each])
        start += each
    return header["content"], parts


def _header(encoded: bytes) -> dict[str, Any]:
    try:
        header = json.loads(encoded)
        if isinstance(header, dict) and "content" in header:
            header["parts"] = [int(length) for length in header["parts"]]
            return header
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise ValueError("damaged: the header cannot be read")
