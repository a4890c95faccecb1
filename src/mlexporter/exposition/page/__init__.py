"""The page at ``/``: one complete HTML document about all models, for people.

It is drawn on the server, needs no JavaScript and loads nothing. It must not compute statistics:
it puts the scores and counts of a ``View`` into words and pictures.
"""

from __future__ import annotations

from mlexporter.exposition.page.document import document
from mlexporter.records import View

__all__ = ["render_page"]


def render_page(view: View, *, now: float) -> str:
    """Return the page as one HTML document that encodes to UTF-8, at most a few megabytes long.

    Args:
        view: What there is to show.
        now: Unix time in seconds, for ages and for the date on the page.
    """
    return document(view, now=now)
