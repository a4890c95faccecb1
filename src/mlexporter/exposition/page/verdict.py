"""Says in one or a few sentences whether a model drifts, or what is missing to say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import Content, Markup, join, name_markup
from mlexporter.exposition.page.quality import risen_shares
from mlexporter.exposition.page.subjects import Subject, WindowScore
from mlexporter.exposition.page.together import joint_drifts, joint_sentences, together_sentences
from mlexporter.records import ModelView, Report


class State(StrEnum):
    """The verdict in a word, as the badge says it."""

    DRIFT = "drift"
    STEADY = "steady"
    UNKNOWN = "no verdict"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a model, the sentence that says it, and what else is worth a sentence."""

    state: State
    headline: Markup
    details: tuple[Markup, ...] = ()


def verdict(
    model: ModelView,
    report: Report | None,
    features: Sequence[Subject],
    outputs: Sequence[Subject],
    stale_age: float | None,
) -> Verdict:
    """Return the verdict on one model.

    Args:
        model: What is known.
        report: The newest report that belongs to the profile in use, or None.
        features: Features of the profile.
        outputs: Outputs of the profile.
        stale_age: Age in seconds of a report that is too old to be believed, else None.
    """
    subjects = [*outputs, *features]
    missing = _what_is_missing(model, report, subjects, stale_age)
    if missing is not None or report is None:
        return Verdict(State.UNKNOWN, join(missing or ""), _quality_sentences(features))
    alerted = [subject for subject in subjects if subject.alert]
    drifting = [subject for subject in alerted if subject.is_drift]
    looked = _longest(alerted)
    details = (
        *_acknowledged(drifting),
        *_blind(features, "feature"),
        *_blind(outputs, "output"),
        *joint_sentences(model.reference, report, is_explained=bool(drifting)),
        *together_sentences(report),
        *_only_shown(subjects),
        *_quality_sentences(features),
        *_unscored(alerted),
    )
    if drifting:
        return Verdict(State.DRIFT, _drift_sentence(features, outputs), details)
    if joint_drifts(model.reference, report):
        return Verdict(State.DRIFT, join("Features fit each other no longer as in training."), details)
    if not any(subject.worst is not None for subject in alerted):
        sentence = "No verdict: every feature that has a score is shown only and not alerted on."
        return Verdict(State.UNKNOWN, join(sentence), details)
    if all(window.is_blind for window in looked):
        sentence = "No verdict: no shift could have been seen, however large."
        return Verdict(State.UNKNOWN, join(sentence), details)
    return Verdict(State.STEADY, _steady_sentence(looked), details)


def _what_is_missing(
    model: ModelView, report: Report | None, subjects: Sequence[Subject], stale_age: float | None
) -> str | None:
    """Return the sentence on what a verdict lacks, or None where there is one."""
    if model.reference is None:
        return "Drift is not measured: this model has no profile to compare with."
    if not subjects:
        return "Drift is not measured: the profile has no features and no outputs."
    if report is None or not report.windows:
        return "No verdict yet: the first evaluation of drift is still to come."
    if stale_age is not None:
        return f"No verdict: drift was last evaluated {words.duration(stale_age)} ago, which is too old."
    has_scores = any(subject.worst is not None for subject in subjects)
    return None if has_scores else _too_few(report, subjects)


def _too_few(report: Report, subjects: Sequence[Subject]) -> str:
    reasons = {window.reason for subject in subjects for window in subject.windows} - {"", "rows"}
    if reasons:
        return (
            "No verdict: no score could be computed (" + ", ".join(sorted(map(reason_words, reasons))) + ")."
        )
    fullest = max(reversed(report.windows), key=lambda window: window.counts.row_count)
    rows, place = fullest.counts.row_count, words.window(fullest.counts.name)
    needed = words.count(report.required_observations)
    if rows == 0:
        return f"No verdict yet: no rows in {place}, {needed} are needed."
    most = max(window.observations for subject in subjects for window in subject.windows)
    if most < rows:
        return (
            f"No verdict yet: {words.count(most)} of {needed} rows with a usable value in {place}, "
            f"of {words.plural(rows, 'row')} in all."
        )
    return f"No verdict yet: {words.count(rows)} of {needed} rows in {place}."


def _drift_sentence(features: Sequence[Subject], outputs: Sequence[Subject]) -> Markup:
    drifting = [subject for subject in features if subject.alert and subject.is_drift]
    moved_outputs = [subject for subject in outputs if subject.alert and subject.is_drift]
    sentences: list[Content] = []
    if drifting:
        total = words.plural(len(features), "feature")
        verb = "drifts" if len(drifting) == 1 else "drift"
        sentences.append(
            join(f"{words.count(len(drifting))} of {total} {verb}, worst: ", _worst(drifting), ".")
        )
    if moved_outputs:
        label = "The predictions drift too, worst: " if drifting else "The predictions drift, worst: "
        sentences.append(join(label, _worst(moved_outputs), "."))
    if not drifting:
        sentences.append("No feature that alerts does.")
    return join(*sentences, separator=" ")


def _worst(subjects: Sequence[Subject]) -> Markup:
    subject = max(subjects, key=lambda each: each.worst_severity or 0.0)
    worst = subject.worst
    place = "" if worst is None else f" in {words.window(worst.window)}"
    return join(name_markup(subject.name), f" (severity {words.amount(subject.worst_severity)}{place})")


def _longest(alerted: Sequence[Subject]) -> list[WindowScore]:
    """Return the longest window that any of them has a score in, of each that has one there."""
    scored = [
        (place, window)
        for subject in alerted
        for place, window in enumerate(subject.windows)
        if window.severity is not None
    ]
    longest = max((place for place, _ in scored), default=-1)
    return [window for place, window in scored if place == longest]


def _steady_sentence(looked: Sequence[WindowScore]) -> Markup:
    """Say how large a shift would have been seen: "no drift" on few rows is not an all-clear."""
    place = words.window(looked[0].window)
    rows = words.plural(max(window.observations for window in looked), "row")
    known = [window.visible for window in looked if window.visible is not None and not window.is_blind]
    if not known:
        return join(f"No drift seen in {rows} of {place}.")
    return join(
        f"No drift seen. With {rows} in {place} only shifts above "
        f"{words.deviations(max(known))} could have been."
    )


def _blind(subjects: Sequence[Subject], noun: str) -> list[Markup]:
    n_blind = sum(window.is_blind for window in _longest([each for each in subjects if each.alert]))
    if not n_blind:
        return []
    verb, themselves = ("moves", "itself") if n_blind == 1 else ("move", "themselves")
    told = f"{words.plural(n_blind, noun)} {verb} so much by {themselves} that no shift could be seen."
    return [join(told)]


def _acknowledged(drifting: Sequence[Subject]) -> list[Markup]:
    known = [subject for subject in drifting if subject.acknowledged is not None]
    return [join("Acknowledged, so not alerted on until it is over: ", _names(known), ".")] if known else []


def _only_shown(subjects: Sequence[Subject]) -> list[Markup]:
    moved = [subject for subject in subjects if not subject.alert and subject.is_drift]
    if not moved:
        return []
    verb = "moves" if len(moved) == 1 else "move"
    return [join(f"{words.count(len(moved))} more {verb} but {'is' if len(moved) == 1 else 'are'} "
                 "shown only, not alerted on: ", _names(moved), ".")]  # fmt: skip


def _quality_sentences(features: Sequence[Subject]) -> tuple[Markup, ...]:
    risen = [(share, subject) for subject in features if subject.alert for share in risen_shares(subject)]
    if not risen:
        return ()
    share, subject = max(risen, key=lambda pair: pair[0].current - pair[0].reference)
    n_subjects = len({id(subject) for _, subject in risen})
    verb = "has" if n_subjects == 1 else "have"
    return (
        join(f"{words.plural(n_subjects, 'feature')} {verb} more unusable or unusual values than in training, "
             "worst: ", name_markup(subject.name), f" ({share.sentence})."),
    )  # fmt: skip


def _unscored(alerted: Sequence[Subject]) -> list[Markup]:
    without = [subject for subject in alerted if subject.worst is None]
    if not without:
        return []
    return [join(f"{words.count(len(without))} without a score yet: ", _names(without), ".")]


def _names(subjects: Sequence[Subject]) -> Markup:
    shown = [name_markup(subject.name) for subject in subjects[:5]]
    if len(subjects) > len(shown):
        shown.append(join(f"{words.count(len(subjects) - len(shown))} more"))
    return join(*shown, separator=", ")


def reason_words(reason: str) -> str:
    """Return a reason for the absence of a score in words."""
    known = {
        "rows": "too few rows",
        "profile": "the profile has no rows for it",
        "overflow": "more rows than can be counted",
        "stale": "out of date",
        "error": "could not be computed",
    }
    return known.get(reason, "no score")
