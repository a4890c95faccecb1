"""What a profile has learned beyond bins, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mlexporter.cli.plain_text import plain
from mlexporter.records import ComponentNoise, FeatureReference, OutputReference, Reference
from mlexporter.records.slots import HOURS_OF_A_WEEK, Slots
from mlexporter.settings import parse_duration

_HOURS_OF_A_DAY: Final = 24
_SATURDAY: Final = 5 * _HOURS_OF_A_DAY


def learned_lines(reference: Reference) -> Iterator[str]:
    """Yield a line for each thing that ``reference`` has learned beyond bins: seasons, noise and so on."""
    if reference.slots is not None:
        yield from _slot_lines(reference.slots, reference.time_zone)
    yield from _noise_lines(reference)
    for joint in reference.joints:
        subject = f"the embedding {plain(joint.name)}" if joint.name else "dependence"
        yield f"joint drift: {subject} of {len(joint.inputs)} features, {len(joint.distributions)} components"
    for pair in reference.pairs:
        yield f"pair: {plain(pair.derived)} is computed from {plain(pair.source)}"
    if reference.estimation is not None:
        yield "performance without labels: learned from held-out rows"
    n_curves = sum(feature.partial_dependence is not None for feature in reference.features)
    if n_curves:
        yield f"effect on predictions: learned for {n_curves} of {len(reference.features)} features"


def _slot_lines(slots: Slots, time_zone: str) -> Iterator[str]:
    if slots.seasons:
        yield f"seasons: {_seasons(slots)}, in {time_zone}"
    if slots.segment:
        yield f"segments: {slots.n_segments} of {plain(slots.segment)}"
    yield f"slots: {slots.n_slots} kinds of rows, each of {min(slots.rows):,} training rows or more"


def _seasons(slots: Slots) -> str:
    n_seasons = len(set(slots.seasons))
    parts = (
        f"{_HOURS_OF_A_DAY} hours" if n_seasons % _HOURS_OF_A_DAY == 0 else f"{n_seasons} parts of the day"
    )
    is_split = slots.seasons[0] != slots.seasons[_SATURDAY % HOURS_OF_A_WEEK]
    return f"{parts} x weekend" if is_split else parts


def _noise_lines(reference: Reference) -> Iterator[str]:
    found: dict[str, list[ComponentNoise]] = {}
    subjects: list[FeatureReference | OutputReference] = [*reference.features, *reference.outputs]
    for subject in subjects:
        for name, noise in subject.noise.items():
            found.setdefault(name, []).append(noise)
    for name in sorted(found, key=parse_duration):
        blocks = [noise.blocks for noise in found[name]]
        n_blocks = f"{min(blocks)}" if min(blocks) == max(blocks) else f"{min(blocks)} to {max(blocks)}"
        yield f"noise: from {n_blocks} blocks of {name}, for {len(blocks)} of {len(subjects)} columns"
