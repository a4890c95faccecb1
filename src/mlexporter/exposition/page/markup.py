"""Builds HTML whose every text is escaped unless it already is markup.

A plain ``str`` is text, a ``Markup`` is HTML. Only this file, the style sheet and the pictures
make ``Markup`` out of anything, so that no name of a model or a category can become HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Final

TEXT_LIMIT: Final = 2_000
NAME_LIMIT: Final = 80

_VOID: Final = frozenset({"meta", "link", "br", "rect", "path", "line"})
# Controls, lone surrogates and noncharacters are invalid in HTML or UTF-8. The directional ones
# could make a name read as another one, also in a tooltip, where nothing isolates it.
_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_REPLACEMENT: Final = "\ufffd"


class Markup(str):
    """HTML that is safe to put into a document; ``+`` and formatting make plain text of it."""

    __slots__ = ()


Content = str | None
"""Text to escape, markup to keep, or None to leave out."""


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return ``text`` cut at ``limit`` characters, with a visible sign for each forbidden one."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return cut if cut.isascii() and cut.isprintable() else _FORBIDDEN.sub(_REPLACEMENT, cut)


def escape(content: str) -> Markup:
    """Return text as markup; markup comes back as it is."""
    if isinstance(content, Markup):
        return content
    return Markup(html.escape(clean(content)))


def join(*contents: Content, separator: str = "") -> Markup:
    """Return the contents in a row, text escaped, None left out."""
    return Markup(separator.join([escape(content) for content in contents if content is not None]))


def element(name: str, *contents: Content, **attributes: str | None) -> Markup:
    """Return one HTML element.

    Args:
        name: The tag.
        contents: What it holds.
        attributes: Values are escaped; None leaves one out. ``class_`` is ``class``, and other
            underscores are hyphens.
    """
    opened = [name]
    for key, value in attributes.items():
        if value is not None:
            attribute = key.rstrip("_").replace("_", "-")
            opened.append(f'{attribute}="{html.escape(clean(value))}"')
    start = " ".join(opened)
    if name in _VOID:
        return Markup(f"<{start}/>")
    return Markup(f"<{start}>{join(*contents)}</{name}>")


def lines(parts: Iterable[Content]) -> Markup:
    """Return parts one below the other in the source."""
    return join(*parts, separator="\n")


def short_name(name: str) -> str:
    """Return a name as people may see it: cut, and never empty."""
    if not name.strip():
        return "(empty name)"
    return clean(name, NAME_LIMIT)


def name_markup(name: str) -> Markup:
    """Return a name whose direction of writing does not touch the sentence around it."""
    shown = short_name(name)
    return escape(shown) if shown.isascii() else element("bdi", shown)
