"""Says how to read the page, and what the exporter has to report about itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import Content, Markup, element
from mlexporter.records import View

_GUIDE: Final = """
Severity is how large a shift is for certain, as a multiple of the threshold of that feature: above 1 is drift.
Sizes are in standard deviations of the training data, the noise of few rows taken off: 0.1 is small, 1 is large.
Filled bars are the rows of the window named, the outline is training, grey is what is missing, invalid or unknown.
“Steady” speaks only of shifts that so many rows can show (“visible from”); a dash means unknown, never zero.
"""


def guide() -> Markup:
    """Return how to read the page, in four sentences."""
    return element(
        "section",
        element("h2", "How to read this page"),
        element("ul", *(element("li", sentence) for sentence in _GUIDE.strip().splitlines()), class_="guide"),
        class_="panel",
    )


def about_exporter(view: View, *, now: float) -> Markup:
    """Return what mlexporter counts about itself."""
    exporter = view.exporter
    denied = {
        f"{endpoint}, {reason}": number for (endpoint, reason), number in exporter.access_denied.items()
    }
    newest = exporter.last_evaluation_timestamp
    evaluated = "not yet" if newest is None else f"{words.duration(max(now - newest, 0.0))} ago"
    took = exporter.evaluation_duration_seconds
    if newest is not None and took is not None:
        evaluated += f", in {words.latency(took)}"
    pairs: list[tuple[str, Content]] = [
        ("Counted by", "this process" if not view.directory else words.processes(view.workers)),
        ("Evaluated", f"{evaluated}; every {words.duration(view.evaluation_interval_seconds)}"),
        ("Own errors", _counts(exporter.internal_errors)),
        ("Turned away", _counts(denied)),
        ("Labels folded", words.plural(exporter.cardinality_overflow, "observation")),
    ]
    return element(
        "section",
        element("h2", "mlexporter itself"),
        element("dl", *(element("div", element("dt", name), element("dd", value)) for name, value in pairs),
                class_="pairs"),
        class_="panel",
    )  # fmt: skip


def _counts(counts: Mapping[str, int]) -> str:
    present = [f"{words.count(number)} ({key.replace('_', ' ')})" for key, number in counts.items() if number]
    return words.listed(present) if present else "none"
