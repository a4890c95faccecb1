"""Turns families into metrics of the SDK of OpenTelemetry: the values of a scrape, point by point.

Names and units are such that Prometheus and the Prometheus exporter of a Collector give back the names of
a scrape: both add what a unit stands for to a name that does not end in it, and ours do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from mlexporter import catalogue
from mlexporter._version import __version__
from mlexporter.exposition.otlp.differences import Differences
from mlexporter.exposition.samples import Block, Family, Number, SeriesLabels

SCOPE: Final = InstrumentationScope("mlexporter", __version__)
"""The instrumentation scope of every metric of ours."""

_UNITS: Final = {
    "": "", "seconds": "s", "bytes": "By", "ratio": "1", "watts": "W", "rows": "{row}", "cores": "{core}",
}  # fmt: skip
"""Units of the catalogue in UCUM. What stands in braces is a remark, and adds nothing to a name."""
_UNITS_BY_NAME: Final = {catalogue.GENERATION_TOKENS.name: "{token}"}
"""Units that conventions give to what has none in the catalogue."""
_DOTTED_LABEL: Final = "gen_ai_"
_NANOSECONDS: Final = 1_000_000_000
_NONE: Final = ()

Attributes = dict[str, str]


class Times(NamedTuple):
    """Of which time the points are, in nanoseconds since 1970.

    Attributes:
        start: Since when counters and histograms count.
        now: When all of them were read.
    """

    start: int
    now: int


class _Buckets(NamedTuple):
    """One histogram in a block: its attributes, its bounds, and where its samples stand."""

    attributes: Attributes
    bounds: tuple[float, ...]
    buckets: slice
    count_at: int
    sum_at: int


def request_of(found: list[Metric], resource: Resource) -> MetricsData:
    """Return metrics of ours as one request of an exporter."""
    return MetricsData([ResourceMetrics(resource, [ScopeMetrics(SCOPE, found, "")], resource.schema_url)])


def metrics(families: Iterable[Family], times: Times, since: Differences | None = None) -> list[Metric]:
    """Return a metric of the SDK for each family; an absent value has no point.

    Args:
        families: As a scrape renders them.
        times: Of which time they are.
        since: Makes counters and histograms the differences to what was taken before; cumulative if not given.
    """
    found = []
    for family in families:
        if family.metric.kind == "gauge":
            data: Gauge | Sum | Histogram = Gauge(_numbers(family, times, None))
        elif family.metric.kind == "counter":
            data = Sum(_numbers(family, times, since), _temporality(since), is_monotonic=True)
        else:
            data = Histogram(list(_histograms(family, times, since)), _temporality(since))
        if data.data_points:
            entry = family.metric
            found.append(Metric(entry.otlp_name or entry.name, entry.help, unit_of(entry), data))
    return found


def unit_of(metric: catalogue.Metric) -> str:
    """Return the unit of a metric in UCUM; one that is not known stands in braces."""
    return _UNITS_BY_NAME.get(metric.name) or _UNITS.get(metric.unit, f"{{{metric.unit}}}")


def point_count(found: Iterable[Metric]) -> int:
    """Return how many data points the metrics have."""
    return sum(len(metric.data.data_points) for metric in found)


def _temporality(since: Differences | None) -> AggregationTemporality:
    return AggregationTemporality.CUMULATIVE if since is None else AggregationTemporality.DELTA


def _numbers(family: Family, times: Times, since: Differences | None) -> list[NumberDataPoint]:
    start, now = times
    make = _dotted_attributes if family.metric.otlp_name else _attributes
    points: list[NumberDataPoint] = []
    for block in family.blocks:
        attributes = block.labels.prepared(make)
        values: Iterable[Number] = block.values
        if since is not None:
            values = since.numbers(family.metric.name, block)
        points += [
            NumberDataPoint(each, start, now, value, _NONE)
            for each, value in zip(attributes, values, strict=True)
            if block.is_finite or not math.isnan(value)
        ]
    return points


def _histograms(family: Family, times: Times, since: Differences | None) -> Iterator[HistogramDataPoint]:
    make = _dotted_buckets if family.metric.otlp_name else _buckets
    for block in family.blocks:
        for each in block.labels.prepared(make):
            cumulative = block.values[each.buckets]
            count = block.values[each.count_at]
            if math.isnan(count):
                continue
            counts = [int(high - low) for low, high in zip((0, *cumulative), cumulative, strict=False)]
            total = block.values[each.sum_at]
            if since is not None:
                row = block.labels.rows[each.count_at]
                counts, total = since.histogram(family.metric.name, row, counts, total)
                count = sum(counts)
            yield HistogramDataPoint(
                each.attributes, times.start, times.now, int(count), total, counts, each.bounds,
                None, None, _exemplars(block, each.buckets),  # type: ignore[arg-type]  # None leaves least and largest out, which nobody knows
            )  # fmt: skip


def _exemplars(block: Block, buckets: slice) -> list[Exemplar] | tuple[()]:
    if not block.exemplars:
        return _NONE
    return [
        Exemplar({}, each.value, round(each.timestamp * _NANOSECONDS), each.span_id, each.trace_id)
        for index, each in sorted(block.exemplars.items())
        if buckets.start <= index < buckets.stop
    ]


def _attributes(labels: SeriesLabels) -> tuple[Attributes, ...]:
    return tuple(dict(zip(labels.names, row, strict=False)) for row in labels.rows)


def _dotted_attributes(labels: SeriesLabels) -> tuple[Attributes, ...]:
    names = [_dotted(name) for name in labels.names]
    # What is unknown is an empty label, and no attribute: the conventions ask for the class of no error.
    return tuple(
        {name: value for name, value in zip(names, row, strict=False) if value} for row in labels.rows
    )


def _dotted(name: str) -> str:
    """Return the name that the conventions have for a label of a metric with a dotted name."""
    if name == "error_type":
        return "error.type"
    if name.startswith(_DOTTED_LABEL):
        return "gen_ai." + name.removeprefix(_DOTTED_LABEL).replace("_", ".")
    return name


def _buckets(labels: SeriesLabels) -> tuple[_Buckets, ...]:
    return tuple(_each_histogram(labels, _attributes(labels)))


def _dotted_buckets(labels: SeriesLabels) -> tuple[_Buckets, ...]:
    return tuple(_each_histogram(labels, _dotted_attributes(labels)))


def _each_histogram(labels: SeriesLabels, attributes: tuple[Attributes, ...]) -> Iterator[_Buckets]:
    """Yield the histograms of a block: the buckets of each stand together, then its count, then its sum."""
    first = 0
    for index in range(len(labels)):
        if labels.suffix(index) == "_count":
            limits = [float(labels.rows[each][-1]) for each in range(first, index)]
            bounds = tuple(limit for limit in limits if not math.isinf(limit))
            yield _Buckets(attributes[index], bounds, slice(first, index), index, index + 1)
            first = index + 2
