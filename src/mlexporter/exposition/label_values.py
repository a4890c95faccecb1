"""Label values that no reader can choke on: valid UTF-8, at most 128 bytes, distinct, escaped."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

LIMIT_BYTES: Final = 128
"""Longest label value; Prometheus can refuse a whole scrape for one that is longer than its limit."""

_REPLACEMENT: Final = "\ufffd"
_DIGEST_DIGITS: Final = 8
# Line ends other than a newline, other control characters, and halves of surrogate pairs.
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def clean(value: str, *, limit_bytes: int = LIMIT_BYTES) -> str:
    r"""Return ``value`` as valid UTF-8 without control characters, cut between two characters.

    Tabs and newlines stay (a newline is escaped when written); other control characters and
    lone surrogates become U+FFFD.

    >>> clean("a\x00b\ud800")
    'a\ufffdb\ufffd'
    """
    text = _UNSAFE.sub(_REPLACEMENT, value[:limit_bytes])
    encoded = text.encode()
    if len(encoded) <= limit_bytes:
        return text
    return encoded[:limit_bytes].decode(errors="ignore")


def escape(value: str) -> str:
    r"""Return a clean value as it stands between the quotes of a sample line.

    >>> print(escape('a "b" c:\\'))
    a \"b\" c:\\
    """
    return value.translate(_ESCAPES)


def distinct(values: Iterable[str]) -> dict[str, str]:
    """Return a clean value for each of ``values``, no two of them equal.

    Values that become equal by cleaning end in ``~`` and a digest of the whole value; one that
    needed no cleaning keeps its name. The answer depends on the set of values, not on their order.
    """
    unique = sorted(set(values))
    cleaned = {value: clean(value) for value in unique}
    counts = Counter(cleaned.values())
    result = {v: text for v, text in cleaned.items() if counts[text] == 1 or text == v}
    taken = set(result.values())
    for value in unique:
        if value not in result:
            result[value] = _marked(value, taken)
            taken.add(result[value])
    return result


def _marked(value: str, taken: set[str]) -> str:
    attempt = 0
    while True:
        content = f"{attempt}:{value}".encode(errors="surrogatepass")
        digest = hashlib.sha256(content).hexdigest()[:_DIGEST_DIGITS]
        text = f"{clean(value, limit_bytes=LIMIT_BYTES - _DIGEST_DIGITS - 1)}~{digest}"
        if text not in taken:
            return text
        attempt += 1


def merged(counts: Mapping[str, int]) -> dict[str, int]:
    """Return ``counts`` under clean names; those whose names become equal are added up."""
    result: dict[str, int] = {}
    for value, count in counts.items():
        name = clean(value)
        result[name] = result.get(name, 0) + count
    return result
