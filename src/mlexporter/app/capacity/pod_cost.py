"""What one pod exposes: series and bytes of all its models, within the budget of bins."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from mlexporter import catalogue
from mlexporter.app.capacity.costs import PodCost
from mlexporter.app.capacity.exposed import GROUPS, group_of, header_bytes
from mlexporter.app.capacity.load import Load
from mlexporter.app.capacity.model_sizes import ModelSizes
from mlexporter.catalogue import EVENT_STATUSES, MODEL_LABELS, POINT_STATUSES, PUSH_STATUSES
from mlexporter.state.errors_block import ERROR_NAMES_LIMIT

VERSIONS_OF_A_ROLLOUT: Final = 2
_BINS: Final = "bins"
_EXEMPLAR_BYTES: Final = 130
_BUCKETS: Final = len(catalogue.STATUSES) * (len(catalogue.LATENCY_BOUNDS_SECONDS) + 2)
_LINE_BYTES: Final = 160
"""A line of what is only there in a bad hour."""


class Bins(NamedTuple):
    """Series of single bins that the budget lets through, and those that it leaves out."""

    shown: int
    left_out: int


class Page(NamedTuple):
    """One page.

    Attributes:
        series: By metric.
        groups: By what they speak of.
        text_bytes: All of it.
        left_out: Series of bins that are not on it.
    """

    series: dict[str, int]
    groups: dict[str, int]
    text_bytes: int
    left_out: int

    @property
    def total(self) -> int:
        """All series."""
        return sum(self.groups.values())


def pod_cost(sizes: ModelSizes, load: Load) -> PodCost:
    """Return what a pod exposes."""
    page = page_of(sizes, load, load.models * load.versions)
    n_most = load.models * load.versions * VERSIONS_OF_A_ROLLOUT
    most = page_of(sizes, load, n_most)
    incidents = n_most * _incidents(load) + _sometimes()
    return PodCost(
        groups=page.groups,
        series=page.total,
        largest_series=most.total + incidents,
        bins_left_out=page.left_out,
        text_bytes=page.text_bytes,
        compressed_bytes=math.ceil(page.text_bytes * sizes.compression),
        largest_text_bytes=most.text_bytes + incidents * _LINE_BYTES + n_most * _BUCKETS * _EXEMPLAR_BYTES,
    )


def page_of(sizes: ModelSizes, load: Load, n_models: int) -> Page:
    """Return the page of ``n_models`` models that are alike."""
    subjects = [(count * n_models, cost) for count, cost in sizes.subjects]
    bins = within_budget(subjects, load.series_budget)
    share = bins.shown / max(bins.shown + bins.left_out, 1)
    series: dict[str, int] = {}
    groups = dict.fromkeys(GROUPS, 0)
    n_bytes = 0.0
    for name, of_one in sizes.series.items():
        metric = catalogue.metric_named(name)
        group = group_of(metric)
        times: float = n_models if metric.labels[: len(MODEL_LABELS)] == MODEL_LABELS else 1
        times *= share if group == _BINS else 1.0
        series[name] = round(of_one * times)
        groups[group] += series[name]
        header = header_bytes(name)
        n_bytes += header + (sizes.text_bytes[name] - header) * times
    groups[_BINS] = bins.shown  # shares of single metrics are rounded
    return Page(series, groups, math.ceil(n_bytes), bins.left_out)


def within_budget(subjects: Iterable[tuple[int, int]], budget: int) -> Bins:
    """Return how many series of bins a budget lets through, as ``exposition.budget`` chooses them.

    The first subject that does not fit ends it: all that come after stay out.

    Args:
        subjects: (how many, series of each), in their order.
        budget: Series.
    """
    shown = left_out = 0
    for count, cost in subjects:
        fitting = 0 if left_out else min(count, (budget - shown) // cost)
        shown += fitting * cost
        left_out += (count - fitting) * cost
    return Bins(shown, left_out)


def _incidents(load: Load) -> int:
    """Return the series of a model that are there only while something is wrong, at most."""
    unit_factors = (load.features - load.categorical) * len(load.windows)
    acknowledged = load.features * load.baseline
    return ERROR_NAMES_LIMIT + 1 + unit_factors + acknowledged


def _sometimes() -> int:
    """Return the series of the exporter that are there only when something is used: pushes, events."""
    return len(PUSH_STATUSES) + len(POINT_STATUSES) + 1 + len(EVENT_STATUSES)
