"""What mlexporter says about itself."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from mlexporter import catalogue
from mlexporter._version import __version__
from mlexporter.catalogue import Metric
from mlexporter.exposition.label_values import clean, merged
from mlexporter.exposition.samples import (
    Block,
    Number,
    SeriesLabels,
    block_of,
    histogram_block,
    histogram_labels,
    series_of,
)
from mlexporter.records import PushCounts, View

PAGE_ENDPOINT: Final = "page"
CONNECTION_ENDPOINT: Final = "connection"
REQUEST_ENDPOINT: Final = "request"
DENIALS: Final = (
    (PAGE_ENDPOINT, "host"),
    (PAGE_ENDPOINT, "listener"),
    (CONNECTION_ENDPOINT, "connection_limit"),
    (CONNECTION_ENDPOINT, "header_timeout"),
    (CONNECTION_ENDPOINT, "no_tls"),
    (CONNECTION_ENDPOINT, "tls_handshake"),
    (CONNECTION_ENDPOINT, "client_certificate"),
    (REQUEST_ENDPOINT, "no_credentials"),
    (REQUEST_ENDPOINT, "wrong_credentials"),
    (REQUEST_ENDPOINT, "too_many_checks"),
    (REQUEST_ENDPOINT, "rate_limit"),
)
"""Every (endpoint, reason) for which a request or a connection can be turned away."""

_NONE: Final = SeriesLabels((), [()])
_BUILD: Final = (__version__, platform.python_version())


def exporter_blocks(view: View) -> Iterator[tuple[Metric, Block]]:
    """Yield the metrics of the exporter; every known stage and reason starts at 0."""
    counts = view.exporter
    yield catalogue.BUILD_INFO, block_of(series_of(catalogue.BUILD_INFO, (_BUILD,)), [1])
    bounds = counts.observe_duration.bounds or catalogue.OBSERVE_DURATION.bounds
    labels = _histogram_labels(catalogue.OBSERVE_DURATION, (), bounds)
    yield catalogue.OBSERVE_DURATION, histogram_block(labels, counts.observe_duration)
    yield (
        catalogue.INTERNAL_ERRORS,
        _known(catalogue.INTERNAL_ERRORS, catalogue.INTERNAL_STAGES, counts.internal_errors),
    )
    yield catalogue.CARDINALITY_OVERFLOW, block_of(_NONE, [counts.cardinality_overflow])
    yield catalogue.ACCESS_DENIED, _denied(counts.access_denied)
    yield catalogue.SERIES_BUDGET, block_of(_NONE, [view.series_budget])
    yield from _evaluation(view)
    yield catalogue.DEGRADED, _degraded(view)
    yield catalogue.WORKERS, block_of(_NONE, [view.workers])
    yield catalogue.SINGLE_WORKER, block_of(_NONE, [int(view.is_single_worker)])
    yield (
        catalogue.SLOTS_SET_ASIDE,
        _known(catalogue.SLOTS_SET_ASIDE, catalogue.SET_ASIDE_REASONS, counts.slots_set_aside),
    )
    yield from _pushes(counts.push)
    if sum(counts.events.values()):
        yield (
            catalogue.PREDICTION_EVENTS,
            _known(catalogue.PREDICTION_EVENTS, catalogue.EVENT_STATUSES, counts.events),
        )


def _pushes(counts: PushCounts) -> Iterator[tuple[Metric, Block]]:
    if not sum(counts.pushes.values()):
        return
    yield catalogue.PUSHES, _known(catalogue.PUSHES, catalogue.PUSH_STATUSES, counts.pushes)
    yield catalogue.PUSH_POINTS, _known(catalogue.PUSH_POINTS, catalogue.POINT_STATUSES, counts.points)
    if counts.last_timestamp is not None:
        yield catalogue.LAST_PUSH, block_of(_NONE, [counts.last_timestamp])


def single(value: Number) -> Block:
    """Return the block of a metric without labels."""
    return block_of(_NONE, [value])


def _evaluation(view: View) -> Iterator[tuple[Metric, Block]]:
    counts = view.exporter
    yield catalogue.EVALUATION_INTERVAL, block_of(_NONE, [float(view.evaluation_interval_seconds)])
    if counts.evaluation_duration_seconds is not None:
        yield catalogue.EVALUATION_DURATION, block_of(_NONE, [counts.evaluation_duration_seconds])
    if counts.last_evaluation_timestamp is not None:
        yield catalogue.LAST_EVALUATION, block_of(_NONE, [counts.last_evaluation_timestamp])


def _known(metric: Metric, names: Sequence[str], counts: Mapping[str, int]) -> Block:
    found = dict.fromkeys(names, 0) | merged(counts)
    return block_of(series_of(metric, tuple((name,) for name in found)), list(found.values()))


def _denied(counts: Mapping[tuple[str, str], int]) -> Block:
    found = dict.fromkeys(DENIALS, 0)
    for (endpoint, reason), count in counts.items():
        key = (clean(endpoint), clean(reason))
        found[key] = found.get(key, 0) + count
    return block_of(series_of(catalogue.ACCESS_DENIED, tuple(found)), list(found.values()))


def _degraded(view: View) -> Block:
    found = dict.fromkeys(catalogue.DEGRADED_REASONS, 0)
    for reasons in (view.degraded, *(model.degraded for model in view.models)):
        for reason in reasons:
            found[clean(reason)] = found.get(clean(reason), 0) + 1
    return block_of(series_of(catalogue.DEGRADED, tuple((reason,) for reason in found)), list(found.values()))


_histogram_labels = lru_cache(maxsize=4)(histogram_labels)
