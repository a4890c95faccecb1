"""Families under the names that they had before, so that dashboards and rules of others go on for two versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.exposition.samples import Family


def old_metric(metric: Metric, name: str) -> Metric:
    """Return ``metric`` as it is exposed under an old name."""
    return metric._replace(name=name, help=f"Deprecated: use {metric.name}.", otlp_name="")


def old_names(name: str) -> tuple[str, ...]:
    """Return the old names of a metric that are kept."""
    return tuple(each.old for each in catalogue.RENAMED if each.kind == "metric" and each.new == name)


def with_old_names(families: Iterable[Family]) -> Iterator[Family]:
    """Yield families, and behind each of them the same samples under its old names."""
    for family in families:
        yield family
        for name in old_names(family.metric.name):
            yield Family(old_metric(family.metric, name), family.blocks)
