"""What is expected of a model: the thresholds that alerts compare with."""

from __future__ import annotations

from collections.abc import Iterator

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.configuration.objective_table import OBJECTIVES
from mlexporter.exposition.model_part import ModelPart
from mlexporter.exposition.samples import Block, block_of, series_of
from mlexporter.records import Objectives, View


def objective_blocks(part: ModelPart) -> Iterator[tuple[Metric, Block]]:
    """Yield every objective that has a value, by default or by choice, with or without a profile."""
    known: dict[Metric, dict[tuple[str, ...], float]] = {}
    for metric, labels, value in _values(part.view.objectives):
        known.setdefault(metric, {})[(*part.labels, *labels)] = value
    for metric, values in known.items():
        yield metric, block_of(series_of(metric, tuple(values)), list(values.values()))


def configuration_blocks(view: View) -> Iterator[tuple[Metric, Block]]:
    """Yield how the newest reading of the configuration file went; nothing without one."""
    state = view.configuration
    if state is None:
        return
    only = series_of(catalogue.CONFIG_RELOAD_SUCCESS, ((),))
    yield catalogue.CONFIG_RELOAD_SUCCESS, block_of(only, [int(state.is_good)])
    yield catalogue.CONFIG_RELOAD_TIMESTAMP, block_of(only, [state.timestamp])


def _values(objectives: Objectives) -> Iterator[tuple[Metric, tuple[str, ...], float]]:
    has_latency = objectives.latency_threshold_seconds is not None
    for objective in OBJECTIVES:
        value = getattr(objectives, objective.name)
        if value is None or (objective.label == "latency" and not has_latency):
            continue
        if isinstance(value, tuple):
            for quality, distance in value:
                yield objective.metric, (quality,), distance
        else:
            yield objective.metric, (objective.label,) if objective.label else (), value
