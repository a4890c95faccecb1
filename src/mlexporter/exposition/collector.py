"""Lets an existing prometheus_client registry expose our metrics beside its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlexporter.catalogue import CATALOGUE
from mlexporter.exposition.families import OnError, collect
from mlexporter.exposition.old_names import with_old_names
from mlexporter.exposition.samples import Family, exemplar_labels
from mlexporter.records import Exemplar

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric as ClientMetric
    from prometheus_client.samples import Exemplar as ClientExemplar

    from mlexporter.exposition.endpoints import Source

_EXPOSED_CONDITIONS = frozenset({"always", "profile", "container", "gpu", "push", "events", "genai"})


class Collector:
    """A custom collector: ``registry.register(Collector(source))``.

    Args:
        source: Returns the View to show.
        include_process: True also exposes ``process_*``, which the default registry already does.
        on_error: Told of models that could not be rendered.
    """

    def __init__(
        self, source: Source, *, include_process: bool = False, on_error: OnError | None = None
    ) -> None:
        self._source = source
        self._include_process = include_process
        self._on_error = on_error

    def describe(self) -> list[ClientMetric]:
        """Return families without samples, so that registering neither scrapes nor hides a clash."""
        conditions = _EXPOSED_CONDITIONS | ({"process"} if self._include_process else set())
        families = with_old_names(
            Family(metric, ()) for metric in CATALOGUE if metric.condition in conditions
        )
        return [_client_metric(family) for family in families]

    def collect(self) -> Iterator[ClientMetric]:
        """Yield every family, with the samples of this moment."""
        families = collect(self._source(), include_process=self._include_process, on_error=self._on_error)
        for family in families:
            metric = _client_metric(family)
            for sample in family.samples():
                exemplar = None if sample.exemplar is None else _client_exemplar(sample.exemplar)
                metric.add_sample(sample.name, sample.labels, sample.value, exemplar=exemplar)
            yield metric


def _client_exemplar(exemplar: Exemplar) -> ClientExemplar:
    from prometheus_client.samples import Exemplar as ClientExemplar  # noqa: PLC0415  only who has a registry needs it

    return ClientExemplar(exemplar_labels(exemplar), exemplar.value, exemplar.timestamp)


def _client_metric(family: Family) -> ClientMetric:
    from prometheus_client.metrics_core import Metric  # noqa: PLC0415  only who has a registry needs it

    unit = family.metric.unit if family.name.endswith(f"_{family.metric.unit}") else ""
    return Metric(family.name, family.metric.help, family.metric.kind, unit)
