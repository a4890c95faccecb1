"""What the workers use of the machine: processes, container, graphics cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.exposition.label_values import clean
from mlexporter.exposition.samples import Block, SeriesLabels, block_of, series_of
from mlexporter.records import ResourceSample, View

_NONE: Final = SeriesLabels((), [()])
_PROCESS: Final = tuple(metric for metric in catalogue.CATALOGUE if metric.condition == "process")


def process_blocks(view: View) -> Iterator[tuple[Metric, Block]]:
    """Yield the metrics of the workers' processes that the view knows, keyed by their names."""
    known = view.resources.process
    for metric in _PROCESS:
        if metric.name in known:
            yield metric, block_of(_NONE, [known[metric.name]])


def machine_blocks(view: View) -> Iterator[tuple[Metric, Block]]:
    """Yield the metrics of the container and of the graphics cards that the view knows."""
    gathered: defaultdict[str, list[ResourceSample]] = defaultdict(list)
    for sample in (*view.resources.container, *view.resources.gpu):
        gathered[sample.metric].append(sample)
    for name, samples in gathered.items():
        metric = catalogue.metric_named(name)
        rows = tuple(tuple(map(clean, sample.labels)) for sample in samples)
        yield metric, block_of(series_of(metric, rows), [sample.value for sample in samples])
