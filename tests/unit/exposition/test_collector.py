import time

import pytest
from prometheus_client import CollectorRegistry, Counter, ProcessCollector, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from mlexporter import catalogue
from mlexporter.exposition.collector import Collector
from mlexporter.exposition.families import collect
from mlexporter.exposition.text import render_openmetrics, render_text


@pytest.fixture
def _still(monkeypatch, now):
    monkeypatch.setattr(time, "time", lambda: now)


def _triples(families):
    return [
        (family.name, family.type, family.documentation, sample.name, sample.labels, sample.value)
        for family in families
        for sample in family.samples
    ]


@pytest.mark.usefixtures("_still")
@pytest.mark.parametrize("include_process", [True, False])
def test_our_renderer_and_theirs_say_the_same(view, now, include_process):
    """Sample by sample, in both formats and in the same order, prometheus_client writes what we write."""
    registry = CollectorRegistry()
    registry.register(Collector(lambda: view, include_process=include_process))
    families = collect(view, now=now, include_process=include_process)
    ours = _triples(parse_text(render_text(families).decode()))
    theirs = _triples(parse_text(generate_latest(registry).decode()))
    assert ours == theirs
    ours = _triples(parse_openmetrics(render_openmetrics(families).decode()))
    theirs = _triples(parse_openmetrics(generate_openmetrics(registry).decode()))
    assert ours == theirs


def test_registering_does_not_scrape():
    """The source is asked at a scrape, never before."""

    def source():
        raise AssertionError("scraped")

    CollectorRegistry().register(Collector(source))


def test_a_name_clash_is_told_at_once(view):
    """A metric of the host under one of our names is refused when it is registered."""
    registry = CollectorRegistry()
    registry.register(Collector(lambda: view))
    with pytest.raises(ValueError, match="Duplicated"):
        Counter(catalogue.PREDICTIONS.name, "Somebody else's.", registry=registry)


def test_process_metrics_stay_with_the_host(view):
    """The host registry's own process_* goes together with our collector."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(Collector(lambda: view))
    assert b"mlexporter" in generate_latest(registry)


def test_the_machine_is_told_beside_the_host(view):
    """Container and cards are in nobody else's registry, so they stay, and are announced."""
    collector = Collector(lambda: view)
    for families in (collector.collect(), collector.describe()):
        names = {family.name for family in families}
        assert {catalogue.CONTAINER_MEMORY_LIMIT.name, catalogue.GPU_POWER.name} <= names
        assert catalogue.PROCESS_RESIDENT_MEMORY.name not in names
