"""Puts an evaluation without a server on one page: what was compared, time after time, and the model."""

from __future__ import annotations

from collections.abc import Sequence

from mlexporter._version import __version__
from mlexporter.exposition.page import words
from mlexporter.exposition.page.document import CARDS_PER_MODEL, ROWS_PER_PAGE
from mlexporter.exposition.page.guide import guide
from mlexporter.exposition.page.markup import Content, Markup, element, lines
from mlexporter.exposition.page.model import ModelPage, model_section
from mlexporter.exposition.page.style import ICON, STYLE
from mlexporter.records import View


def render_report(view: View, *, subtitle: str, now: float, timelines: Sequence[Markup] = ()) -> str:
    """Return one HTML document that encodes to UTF-8 and needs nothing else.

    Args:
        view: The models and their reports.
        subtitle: What was evaluated, one sentence.
        now: Unix time in seconds, for the date on the page.
        timelines: Severity over time, as ``timeline`` draws it.
    """
    body = [
        element(
            "header", element("h1", "mlexporter ", element("span", __version__, class_="kind")),
            element("p", f"{subtitle} Evaluated {words.moment(now)}."), class_="top",
        ),
        element("main", lines([*_sections(view, now, timelines), guide()]), id="content"),
    ]  # fmt: skip
    head = element(
        "head",
        lines(
            [
                element("meta", charset="utf-8"),
                element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
                element("meta", name_="color-scheme", content="light dark"),
                element("title", "Evaluation – mlexporter"),
                element("link", rel="icon", href=ICON),
                element("style", STYLE),
            ]
        ),
    )
    return "<!DOCTYPE html>\n" + element("html", head, element("body", lines(body)), lang="en") + "\n"


def _sections(view: View, now: float, timelines: Sequence[Markup]) -> list[Content]:
    over_time = [element("section", drawn, class_="panel") for drawn in timelines]
    pages = [ModelPage(model, view, now) for model in view.models]
    models = [
        model_section(page, number, n_cards=CARDS_PER_MODEL, n_rows=ROWS_PER_PAGE, is_served=False)
        for number, page in enumerate(pages)
    ]
    return [*over_time, *models]
