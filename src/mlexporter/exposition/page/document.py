"""Puts the page together: head, banners, models, guide; keeps it within its size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mlexporter._version import __version__
from mlexporter.catalogue import PROCESS_START_TIME
from mlexporter.exposition.page import empty, words
from mlexporter.exposition.page.banner import banners, time_note
from mlexporter.exposition.page.guide import about_exporter, guide
from mlexporter.exposition.page.markup import Content, Markup, element, join, lines
from mlexporter.exposition.page.model import ModelPage, model_section, model_title, verdict_badge
from mlexporter.exposition.page.style import ICON, STYLE
from mlexporter.exposition.page.verdict import State
from mlexporter.records import View

CARDS_PER_MODEL: Final = 50
CARDS_PER_PAGE: Final = 150
ROWS_PER_PAGE: Final = 1_500
SECTIONS_PER_PAGE: Final = 30
LISTED_MODELS: Final = 300

_REFRESH_SECONDS: Final = (5, 60)


def document(view: View, *, now: float) -> str:
    """Return the whole page; ``now`` is Unix time in seconds."""
    pages = [ModelPage(model, view, now) for model in view.models]
    body = lines(
        [
            _header(view, now),
            element(
                "main",
                lines(
                    [
                        banners(view),
                        time_note(view.time_factor),
                        _model_list(pages),
                        *(_sections(pages) or [_emptiness(view)]),
                        about_exporter(view, now=now),
                        guide(),
                    ]
                ),
                id="content",
            ),
        ]
    )
    return "<!DOCTYPE html>\n" + element("html", _head(view, pages), element("body", body), lang="en") + "\n"


def _emptiness(view: View) -> Markup:
    if view.directory and not view.workers:
        return empty.nobody_counts(view.directory)
    return empty.no_models()


def _head(view: View, pages: Sequence[ModelPage]) -> Markup:
    shortest, longest = _REFRESH_SECONDS
    refresh = min(max(round(view.evaluation_interval_seconds), shortest), longest)
    n_drifting = sum(page.verdict.state is State.DRIFT for page in pages)
    title = "mlexporter" if not n_drifting else f"{words.plural(n_drifting, 'model')} with drift – mlexporter"
    return element(
        "head",
        lines(
            [
                element("meta", charset="utf-8"),
                element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
                element("meta", name_="color-scheme", content="light dark"),
                element("meta", http_equiv="refresh", content=str(refresh)),
                element("title", title),
                element("link", rel="icon", href=ICON),
                element("style", STYLE),
            ]
        ),
    )


def _header(view: View, now: float) -> Markup:
    starts = [model.snapshot.service.loaded_timestamp for model in view.models]
    started = view.resources.process.get(PROCESS_START_TIME.name, min(starts, default=now))
    since = f"running for {words.duration(max(now - started, 0.0))}, since {words.moment(started)}"
    links = [element("a", text, href=text[1:]) for text in ("/metrics", "/-/healthy", "/-/ready")]
    return element(
        "header",
        element("a", "Skip to the models", href="#content", class_="skip"),
        element("h1", "mlexporter ", element("span", __version__, class_="kind")),
        element("p", since),
        element("nav", *links, aria_label="Addresses"),
        class_="top",
    )


def _model_list(pages: Sequence[ModelPage]) -> Markup | None:
    """Return the list of models, where there is more than one, so that none is overlooked."""
    if len(pages) < 2:
        return None
    items: list[Content] = []
    for number, page in enumerate(pages[:LISTED_MODELS]):
        title: Content = model_title(page)
        if number < SECTIONS_PER_PAGE:
            title = element("a", title, href=f"#model-{number}")
        items.append(
            element("tr", element("th", title, scope="row"), element("td", verdict_badge(page)),
                    element("td", page.verdict.headline))
        )  # fmt: skip
    left = len(pages) - len(items)
    caption = element("caption", words.plural(len(pages), "model"))
    table = element("div", element("table", caption, element("tbody", *items)), class_="scroll models")
    if not left:
        return table
    return join(table, element("p", f"{words.count(left)} more models are in /metrics.", class_="note-box"))


def _sections(pages: Sequence[ModelPage]) -> list[Content]:
    """Return the models one after the other, the later ones with less detail where there are many."""
    cards_left, rows_left = CARDS_PER_PAGE, ROWS_PER_PAGE
    sections: list[Content] = []
    for number, page in enumerate(pages[:SECTIONS_PER_PAGE]):
        n_cards = min(CARDS_PER_MODEL, cards_left, page.n_subjects)
        n_rows = min(rows_left, page.n_subjects - n_cards)
        cards_left -= n_cards
        rows_left -= n_rows
        sections.append(model_section(page, number, n_cards=n_cards, n_rows=n_rows))
    if len(pages) > SECTIONS_PER_PAGE:
        text = f"The first {SECTIONS_PER_PAGE} of {words.count(len(pages))} models are shown in full."
        sections.append(element("p", text, class_="note-box"))
    return sections
