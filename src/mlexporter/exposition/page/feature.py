"""Draws one feature or output: what it is, its severity in each window, its shift and its picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mlexporter.exposition.page import words
from mlexporter.exposition.page.bars import bars
from mlexporter.exposition.page.hints import hints
from mlexporter.exposition.page.histogram import NARROW, WIDE, histogram
from mlexporter.exposition.page.markup import Markup, element, join, name_markup
from mlexporter.exposition.page.quality import risen_shares
from mlexporter.exposition.page.shares import alternative, shares
from mlexporter.exposition.page.subjects import Subject, WindowScore
from mlexporter.exposition.page.verdict import reason_words
from mlexporter.records import Kind

NOT_ALERTED: Final = "shown, not alerted"
_FACTS: Final = {
    "effect": "effect", "minimum_detectable_effect": "visible from", "population_stability_index": "PSI",
}  # fmt: skip
_SMALL_EFFECT: Final = 0.05
_MAIN_PART: Final = 0.5  # from this part of the effect on, its direction describes the shift


def card(
    subject: Subject, *, expose_names: bool, required: int | None, is_large: bool, level: str = "h5"
) -> Markup:
    """Return one feature or output in full.

    Args:
        subject: What to draw.
        expose_names: False puts numbers in place of the names of categories.
        required: Rows that a window must hold for a score, or None before a report.
        is_large: True for a card of half the page's width.
        level: The heading that the name is.
    """
    found = shares(subject, expose_names=expose_names)
    draw = histogram if subject.distribution.kind is Kind.NUMERIC else bars
    state = "drift" if subject.is_drift else "calm"
    return element(
        "article",
        element("header", _title(subject, level), _severities(subject, required)),
        element("p", shift_words(subject), class_="shift"),
        *(element("p", risen.sentence, class_="risen") for risen in risen_shares(subject)),
        *(element("p", hint, class_="risen") for hint in hints(subject)),
        *(element("p", sentence, class_="facts") for sentence in _decisions(subject)),
        draw(found, alternative(subject, found), WIDE if is_large else NARROW),
        element("p", _facts(subject), class_="facts"),
        class_=f"card {state}" if subject.alert else f"card {state} quiet",
    )


def _decisions(subject: Subject) -> Iterator[str]:
    """Yield what people decided about it."""
    if subject.acknowledged is not None:
        yield f"Acknowledged {words.moment(subject.acknowledged)}: no alert until this drift is over."
    if subject.is_excluded:
        yield "Excluded by a person: its drift is shown and does not alert."


def _title(subject: Subject, level: str) -> Markup:
    class_name = None
    if subject.class_name:
        class_name = element("span", " class ", name_markup(subject.class_name), class_="kind")
    mark = None if subject.alert else element("span", NOT_ALERTED, class_="badge none")
    kind = element("span", subject.distribution.kind.value, class_="kind")
    return element(
        level, element("span", name_markup(subject.name), class_="name"), class_name, " ", kind, " ", mark
    )


def _severities(subject: Subject, required: int | None) -> Markup | None:
    if not subject.windows:
        return None
    cells = [_severity(window, required) for window in subject.windows]
    label = element("p", "Severity in the last", class_="kind")
    return join(label, element("ul", *cells, class_="severities", aria_label="Severity by window"))


def _severity(window: WindowScore, required: int | None) -> Markup:
    name = element("span", window.window, class_="window")
    if window.severity is None:
        text = reason_words(window.reason)
        if window.reason == "rows" and required is not None:
            text = f"{words.count(window.observations)} of {words.count(required)} rows"
        return element(
            "li", name, " ", element("b", words.UNKNOWN), " ", element("span", text, class_="badge none")
        )
    state, kind = ("drift", "drift") if window.is_drift else ("steady", "steady")
    if window.is_blind and not window.is_drift:
        state, kind = "blind", "none"  # silence of a window that could not have seen anything
    return element(
        "li",
        name,
        " ",
        element("b", words.amount(window.severity)),
        " ",
        element("span", state, class_=f"badge {kind}"),
    )


def shift_words(subject: Subject) -> str:
    """Return the shift of the window that is drawn in words, or why there is none to tell."""
    shown = subject.shown
    if shown is None:
        return "Not evaluated yet."
    effect = shown.scores.get("effect")
    if effect is None:
        return "No score: " + reason_words(shown.reason) + "."
    if effect < _SMALL_EFFECT and not shown.is_drift:
        return f"No shift to speak of in {words.window(shown.window)}."
    return f"{_direction(shown, effect, subject)} in {words.window(shown.window)}."


def _direction(shown: WindowScore, effect: float, subject: Subject) -> str:
    location, spread = shown.scores.get("location"), shown.scores.get("spread")
    if location is not None and abs(location) >= _MAIN_PART * effect:
        return f"{words.deviations(abs(location))} {'higher' if location > 0 else 'lower'}"
    if spread is not None and abs(spread) >= _MAIN_PART * effect:
        return f"{words.deviations(abs(spread))} {'wider' if spread > 0 else 'narrower'}"
    what = "Shape" if subject.distribution.is_ordered else "Mix"
    return f"{what} changed by {words.deviations(effect)}"


def _facts(subject: Subject) -> str:
    shown = subject.shown
    threshold = f"threshold {words.edge(subject.threshold)}"
    if shown is None:
        return threshold
    facts = [words.plural(shown.observations, "row"), threshold]
    for statistic, label in _FACTS.items():
        value = shown.scores.get(statistic)
        if statistic == "minimum_detectable_effect" and shown.is_blind:
            facts.append("no shift visible: it moves as much while all is well")
        elif value is not None:
            facts.append(f"{label} {words.amount(value)}")
    return " · ".join(fact.replace(" ", words.SPACE) for fact in facts)


def compact_table(subjects: Sequence[Subject], windows: Sequence[str], caption: str) -> Markup:
    """Return subjects as one row each, severity by window; ``windows`` names those of the report."""
    heads = [element("th", name, scope="col", class_="number") for name in windows]
    head = element("tr", element("th", "Feature", scope="col"), *heads, element("th", "Shift", scope="col"))
    return element(
        "div",
        element(
            "table",
            element("caption", caption),
            element("thead", head),
            element("tbody", *(_compact_row(subject) for subject in subjects)),
        ),
        class_="scroll",
    )


def _compact_row(subject: Subject) -> Markup:
    cells = []
    for window in subject.windows:
        state = None
        if window.is_drift:
            state = element("span", "drift", class_="badge drift")
        cells.append(element("td", state, " ", words.amount(window.severity), class_="number"))
    notes = join(*(f" {risen.sentence}." for risen in risen_shares(subject)))
    mark = None if subject.alert else element("span", NOT_ALERTED, class_="badge none")
    head = element("th", name_markup(subject.name), " ", mark, scope="row")
    return element("tr", head, *cells, element("td", shift_words(subject), notes))
