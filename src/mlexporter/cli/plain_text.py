"""Text that may stand in a terminal, whoever wrote it."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Return ``text`` without control characters: names come from data, and none may steer the terminal."""
    return "".join(
        "?" if unicodedata.category(character).startswith("C") else character for character in text
    )
