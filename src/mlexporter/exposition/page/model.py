"""Draws one model: the verdict, the service, the windows, outputs, features and the profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mlexporter.exposition.page import empty, words
from mlexporter.exposition.page.compared import compared_facts
from mlexporter.exposition.page.estimates import estimate_facts
from mlexporter.exposition.page.feature import NOT_ALERTED, card, compact_table
from mlexporter.exposition.page.generation import generation_facts
from mlexporter.exposition.page.markup import Content, Markup, element, join, lines, name_markup
from mlexporter.exposition.page.service import service_facts
from mlexporter.exposition.page.subjects import Subject, by_importance, subjects
from mlexporter.exposition.page.training import monitored, profile_facts
from mlexporter.exposition.page.verdict import Verdict, verdict
from mlexporter.exposition.page.windows import windows_table
from mlexporter.records import ModelView, Report, View


@dataclass(frozen=True)
class ModelPage:
    """One model with what is derived from it once, for its section and for the list of models."""

    model: ModelView
    view: View
    now: float

    @cached_property
    def report(self) -> Report | None:
        """The report, if its counts belong to the bins of the profile in use."""
        report, reference = self.model.report, self.model.reference
        if report is None or reference is None or report.fingerprint != reference.fingerprint:
            return None
        return report

    @cached_property
    def stale_age(self) -> float | None:
        """Age in seconds of a report that is too old to be believed, else None."""
        if self.report is None:
            return None
        age = self.now - self.report.evaluated_timestamp
        limit = self.view.stale_after_seconds
        return age if age > limit else None

    @cached_property
    def _subjects(self) -> tuple[list[Subject], list[Subject]]:
        if self.model.reference is None:
            return [], []
        is_stale = self.stale_age is not None
        return subjects(self.model.reference, self.report, is_stale=is_stale, decided=self.model.baseline)

    @cached_property
    def features(self) -> list[Subject]:
        """Features, the worst first."""
        return by_importance(self._subjects[0])

    @cached_property
    def outputs(self) -> list[Subject]:
        """Outputs, the worst first."""
        return by_importance(self._subjects[1])

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict."""
        return verdict(self.model, self.report, self.features, self.outputs, self.stale_age)

    @property
    def n_subjects(self) -> int:
        """Features and outputs that could be drawn."""
        return len(self.features) + len(self.outputs)


def model_title(page: ModelPage) -> Markup:
    """Return name, version and variant."""
    key = page.model.snapshot.key
    return join(
        element("span", name_markup(key.name), class_="name"),
        " ",
        element("span", "version ", name_markup(key.version), class_="kind"),
        " ",
        None if key.variant == "primary" else element("span", name_markup(key.variant), class_="badge none"),
    )


def verdict_badge(page: ModelPage) -> Markup:
    """Return the verdict in a word."""
    state = page.verdict.state.value
    return element("span", state, class_=f"badge {state if state in {'drift', 'steady'} else 'none'}")


def model_section(
    page: ModelPage, number: int, *, n_cards: int, n_rows: int, is_served: bool = True
) -> Markup:
    """Return the section of one model.

    Args:
        page: The model.
        number: Its position, for links.
        n_cards: Features and outputs to show in full at most.
        n_rows: Further features to show as rows at most.
        is_served: False leaves out calls and their durations, of which rows of a file know nothing.
    """
    found = page.verdict
    head = element(
        "header",
        element("h2", model_title(page), " ", verdict_badge(page)),
        element("p", found.headline, class_=f"verdict {found.state.name.lower()}"),
        *(element("p", sentence, class_="detail") for sentence in found.details),
    )
    parts = [
        head,
        service_facts(page.model.snapshot.service, now=page.now) if is_served else None,
        generation_facts(page.model.snapshot.generation),
        None if page.stale_age is not None else estimate_facts(page.report, page.model.reference),
        *_drift_parts(page, n_cards, n_rows),
        _profile_part(page),
    ]
    return element("section", lines(parts), id=f"model-{number}", class_="model")


def _drift_parts(page: ModelPage, n_cards: int, n_rows: int) -> list[Content]:
    if page.model.reference is None:
        return [empty.no_profile(page.model.snapshot.key)]
    parts: list[Content] = []
    if page.report is None:
        parts.append(empty.no_report(words.duration(page.view.evaluation_interval_seconds)))
    else:
        table = windows_table(page.report, [*page.outputs, *page.features], page.view.windows)
        parts.append(element("div", element("h3", "Windows"), table))
    drawn_outputs = page.outputs[:n_cards]
    if page.outputs:
        heading = element("h3", "Predictions")
        parts.append(element("div", heading, _cards(page, drawn_outputs, is_large=True, level="h4")))
    if len(page.outputs) == 1 and page.report is not None:
        parts = [element("div", *parts, class_="overview")]
    parts += _rest(page, page.outputs[len(drawn_outputs) :], n_rows, "predictions")
    n_rows -= len(page.outputs) - len(drawn_outputs)
    n_cards -= len(drawn_outputs)
    if page.features:
        parts.append(element("h3", "Features, worst first"))
        parts.append(_legend())
        parts += [_group(page, title, group) for title, group in _groups(page.features[:n_cards]) if group]
        parts += _rest(page, page.features[n_cards:], n_rows, "features")
    return parts


def _legend() -> Markup:
    return element(
        "p",
        element("span", element("i", class_="swatch now"), "the window named", class_="key"),
        element("span", element("i", class_="swatch then"), "training", class_="key"),
        element("span", element("i", class_="swatch side"), "missing, invalid or unknown", class_="key"),
        element(
            "span", "usable values add up to 100\u00a0%; a bin's range shows under the pointer", class_="key"
        ),
        class_="legend",
    )


def _groups(features: Sequence[Subject]) -> list[tuple[str, list[Subject]]]:
    alerted = [subject for subject in features if subject.alert]
    return [
        ("Drift", [subject for subject in alerted if subject.is_drift]),
        ("Steady", [subject for subject in alerted if subject.worst is not None and not subject.is_drift]),
        ("No score yet", [subject for subject in alerted if subject.worst is None]),
        (NOT_ALERTED.capitalize(), [subject for subject in features if not subject.alert]),
    ]


def _group(page: ModelPage, title: str, group: Sequence[Subject]) -> Markup:
    heading = element("h4", f"{title} ", element("span", words.count(len(group)), class_="kind"))
    return join(heading, _cards(page, group, is_large=title == "Drift"))


def _cards(page: ModelPage, group: Sequence[Subject], *, is_large: bool, level: str = "h5") -> Markup:
    reference, report = page.model.reference, page.report
    expose_names = reference is not None and reference.expose_names
    required = None if report is None else report.required_observations
    drawn = [
        card(subject, expose_names=expose_names, required=required, is_large=is_large, level=level)
        for subject in group
    ]
    return element("div", lines(drawn), class_="cards large" if is_large else "cards")


def _rest(page: ModelPage, rest: Sequence[Subject], n_rows: int, noun: str) -> list[Content]:
    if not rest:
        return []
    shown = rest[: max(n_rows, 0)]
    parts: list[Content] = []
    if shown:
        windows = [] if page.report is None else [window.counts.name for window in page.report.windows]
        caption = f"{words.count(len(rest))} more {noun}, without pictures"
        parts.append(compact_table(shown, windows, caption))
    left = len(rest) - len(shown)
    if left:
        parts.append(
            element("p", f"{words.count(left)} more {noun} are left out to keep this page light; "
                    "all of them are in /metrics.", class_="note-box")
        )  # fmt: skip
    return parts


def _profile_part(page: ModelPage) -> Markup | None:
    model = page.model
    parts: list[Content] = []
    if model.reference is not None:
        parts = [
            element("h3", "Profile"),
            profile_facts(model.reference, model.snapshot.key, now=page.now),
            element("h4", "What drift is measured against"),
            compared_facts(model),
        ]
    skipped = {} if model.reference is None else model.reference.skipped
    parts.append(monitored(model.notes, skipped))
    return join(*parts)
