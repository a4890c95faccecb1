"""Says what each window covers, how many rows it holds and what is worst in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import Content, Markup, element, join, name_markup
from mlexporter.exposition.page.subjects import Subject
from mlexporter.exposition.page.verdict import reason_words
from mlexporter.records import Report


def windows_table(report: Report, subjects: Sequence[Subject], lengths: Mapping[str, float]) -> Markup:
    """Return one row for each window.

    Args:
        report: What was evaluated.
        subjects: Features and outputs.
        lengths: Seconds that each window covers once it is full.
    """
    head = element(
        "tr",
        element("th", "Window", scope="col"),
        element("th", "Covers", scope="col"),
        element("th", "Rows", scope="col", class_="number"),
        element("th", "Drifting", scope="col", class_="number"),
        element("th", "Worst severity", scope="col"),
    )
    rows = []
    for index, window in enumerate(report.windows):
        counts = window.counts
        length = lengths.get(counts.name)
        rows.append(
            element(
                "tr",
                element("th", counts.name, scope="row"),
                element("td", _covers(counts.span_seconds, length)),
                element("td", words.count(counts.row_count), class_="number"),
                *_worst(index, subjects),
            )
        )
    caption = element("caption", "Windows, shortest first")
    table = element("table", caption, element("thead", head), element("tbody", *rows))
    return element("div", table, class_="scroll")


def _covers(span: float, length: float | None) -> str:
    covered = words.duration(span)
    if length is None or span >= 0.99 * length:
        return covered
    return f"{covered}, still filling"


def _worst(index: int, subjects: Sequence[Subject]) -> tuple[Content, Content]:
    scored = [
        (window.severity, subject)
        for subject in subjects
        if index < len(subject.windows)
        for window in (subject.windows[index],)
        if window.severity is not None
    ]
    known = [pair for pair in scored if pair[1].alert] or scored
    if not known:
        reasons = [each.windows[index].reason for each in subjects if index < len(each.windows)]
        reason = reason_words(reasons[0] if reasons else "")
        return element("td", words.UNKNOWN, class_="number"), element("td", f"{words.UNKNOWN} {reason}")
    severity, subject = max(known, key=lambda pair: pair[0])
    n_drifting = sum(1 for value, each in known if value > 1 and each.alert)
    mark = None if subject.alert else " (shown, not alerted)"
    worst: Content = element("td", words.amount(severity), " ", join(name_markup(subject.name), mark))
    if severity == 0:
        worst = element("td", "0")
    return element("td", words.count(n_drifting), class_="number"), worst
