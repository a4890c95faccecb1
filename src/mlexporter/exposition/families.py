"""Turns a View into families of samples, in the order of the catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, TypeVar

from mlexporter import catalogue
from mlexporter.catalogue import CATALOGUE, Metric
from mlexporter.exposition.budget import Selection, choose_bins
from mlexporter.exposition.label_values import distinct
from mlexporter.exposition.layout import ModelLabels
from mlexporter.exposition.model_part import ModelPart, prepare
from mlexporter.exposition.old_names import old_names, with_old_names
from mlexporter.exposition.samples import Block, Family, SeriesLabels, block_of
from mlexporter.exposition.subjects.drift import drift_blocks
from mlexporter.exposition.subjects.exporter import exporter_blocks, single
from mlexporter.exposition.subjects.for_rules import fleet_blocks
from mlexporter.exposition.subjects.generation import generation_blocks
from mlexporter.exposition.subjects.objectives import configuration_blocks, objective_blocks
from mlexporter.exposition.subjects.profile import profile_blocks
from mlexporter.exposition.subjects.reference import reference_blocks
from mlexporter.exposition.subjects.resources import machine_blocks, process_blocks
from mlexporter.exposition.subjects.service import service_blocks
from mlexporter.exposition.subjects.whole_model import whole_model_blocks
from mlexporter.records import View

OnError = Callable[[str, BaseException], None]
"""Told of an error of our own: the stage and the error."""

_Blocks = list[tuple[Metric, Block]]
_Result = TypeVar("_Result")
_STAGE: Final = "render"


def collect(
    view: View, *, now: float | None = None, include_process: bool = True, on_error: OnError | None = None
) -> tuple[Family, ...]:
    """Return every family that has a sample, in the order of the catalogue.

    A model that cannot be rendered is left out, says so in ``mlexporter_model_scrape_success``,
    and takes nothing away from the others.

    Args:
        view: What to show.
        now: Unix time in seconds, against which a report is old; default the present.
        include_process: False leaves ``process_*`` to somebody else's registry.
        on_error: Told of each model that failed, with the stage ``render``.
    """
    moment = time.time() if now is None else now
    labels = _model_labels(view)
    parts = [
        _attempt(partial(prepare, model, row, view, moment), on_error)
        for model, row in zip(view.models, labels, strict=True)
    ]
    usable = [part for part in parts if part is not None]
    selections, left_out = choose_bins(usable, view.series_budget, is_fleet=view.is_fleet)
    gathered: dict[str, list[Block]] = {metric.name: [] for metric in CATALOGUE}
    succeeded: set[ModelLabels] = set()
    for part, selection in zip(usable, selections, strict=True):
        blocks = _attempt(partial(_blocks_of, part, selection, view), on_error)
        if blocks is not None:
            succeeded.add(part.labels)
            _add(gathered, blocks)
    _add(gathered, exporter_blocks(view))
    _add(gathered, configuration_blocks(view))
    if include_process:
        _add(gathered, process_blocks(view))
    _add(gathered, machine_blocks(view))
    success = SeriesLabels(catalogue.MODEL_SCRAPE_SUCCESS.labels, labels)
    gathered[catalogue.MODEL_SCRAPE_SUCCESS.name] = [
        block_of(success, [int(row in succeeded) for row in labels])
    ]
    gathered[catalogue.SERIES_LEFT_OUT.name] = [single(left_out)]
    gathered[catalogue.SERIES.name] = [single(1)]  # counts itself, then says how many there are
    total = sum(
        block.sample_count * (1 + len(old_names(name)))
        for name, blocks in gathered.items()
        for block in blocks
    )
    gathered[catalogue.SERIES.name] = [single(total)]
    families = with_old_names(Family(metric, tuple(gathered[metric.name])) for metric in CATALOGUE)
    return tuple(family for family in families if family.sample_count > 0)


def _model_labels(view: View) -> list[ModelLabels]:
    keys = [model.snapshot.key for model in view.models]
    names = distinct(key.name for key in keys)
    versions = distinct(key.version for key in keys)
    variants = distinct(key.variant for key in keys)
    return [(names[key.name], versions[key.version], variants[key.variant]) for key in keys]


def _blocks_of(part: ModelPart, selection: Selection, view: View) -> _Blocks:
    blocks = [
        *service_blocks(part), *objective_blocks(part), *generation_blocks(part), *profile_blocks(part, selection),
        *reference_blocks(part, view), *drift_blocks(part, view), *whole_model_blocks(part),
        *fleet_blocks(part, selection, view),
    ]  # fmt: skip
    # What is no number fails as it is counted: here, where it costs this model alone.
    return [(metric, block) for metric, block in blocks if block.sample_count > 0]


def _attempt(function: Callable[[], _Result], on_error: OnError | None) -> _Result | None:
    try:
        return function()
    except Exception as error:  # noqa: BLE001  one broken model must not blank the others
        if on_error is not None:
            on_error(_STAGE, error)
        return None


def _add(gathered: dict[str, list[Block]], blocks: Iterable[tuple[Metric, Block]]) -> None:
    for metric, block in blocks:
        gathered[metric.name].append(block)
