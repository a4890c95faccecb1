"""Says what drift is measured against: training or a baseline, seasons, noise, and what people decided."""

from __future__ import annotations

from collections.abc import Iterator

from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import Content, Markup, element, escape, name_markup
from mlexporter.records import FeatureReference, ModelView, OutputReference, Reference
from mlexporter.records.baseline import BaselineState


def compared_facts(model: ModelView) -> Markup | None:
    """Return the facts on the reference in use as a list; None without a profile."""
    if model.reference is None:
        return None
    state = model.baseline
    used = model.reference if state is None or state.reference is None else state.reference
    pairs: list[tuple[str, Content]] = [("Measured against", _against(state))]
    pairs += _baseline(state)
    pairs += [("Seasons and segments", _seasons(used)), ("Learned noise", _noise(used))]
    if state is not None:
        pairs += _decisions(state)
    return element(
        "dl", *(element("div", element("dt", name), element("dd", value)) for name, value in pairs),
        class_="pairs",
    )  # fmt: skip


def _against(state: BaselineState | None) -> str:
    if state is None or state.reference is None:
        return "the training data of the profile"
    learned = "" if state.accepted_timestamp is None else f" of {words.moment(state.accepted_timestamp)}"
    return f"a baseline of serving{learned}; the distance to training is shown beside it"


def _baseline(state: BaselineState | None) -> Iterator[tuple[str, Content]]:
    if state is None:
        return
    if state.reference is None:
        length = words.duration(state.block_seconds)
        said = (
            f"{words.count(state.clean_blocks)} clean blocks of {length}; {words.count(state.required_blocks)} are "
            f"needed, {words.count(state.block_limit)} are waited for"
        )
        yield "Baseline", said
    elif state.who:
        yield "Accepted by", f"{state.who}: {state.why}"
    if state.note:
        yield "Baseline, note", state.note


def _seasons(reference: Reference) -> str:
    slots = reference.slots
    if slots is None:
        return (
            "not told apart: a window of whole days, such as 24h, is the one to trust where days have a shape"
        )
    return f"{words.plural(slots.n_slots, 'kind')} of rows, such as {words.listed(slots.names[:3])}"


def _noise(reference: Reference) -> str:
    known: dict[str, int] = {}
    subjects: tuple[FeatureReference | OutputReference, ...] = (*reference.features, *reference.outputs)
    for subject in subjects:
        for window, noise in subject.noise.items():
            known[window] = max(known.get(window, 0), noise.blocks)
    if not known:
        return "not known: bounds take rows for independent; sessions, retries or batch jobs can make false alarms"
    return words.listed(
        [f"{window} from {words.plural(blocks, 'block')}" for window, blocks in known.items()]
    )


def _decisions(state: BaselineState) -> Iterator[tuple[str, Content]]:
    if state.excluded:
        yield "Excluded by people", escape(words.listed(sorted(state.excluded)))
    for feature, when in sorted(state.acknowledged.items()):
        said = element("span", name_markup(feature), f", {words.moment(when)}")
        yield "Drift acknowledged", said
