"""As what we push: the user's resource, whoever set it, and one instance for one life of the counters."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import uuid

import pytest
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource

from mlexporter.app.pushing.identity import Identity, _reader_class, instance_id, resource_of


def attributes(identity, *, life="a", is_single_worker=False):
    return dict(identity.resource(life, is_single_worker=is_single_worker).attributes)


def test_an_instance_is_named_for_the_life_of_its_counters():
    """Whoever pushes them; and no other counters have that name."""
    assert instance_id("a") == instance_id("a") != instance_id("b")
    assert uuid.UUID(instance_id("a"))
    drawn = Resource.create({"service.name": "fares"})
    assert attributes(Identity(drawn)) == {**drawn.attributes, "service.instance.id": instance_id("a")}
    assert attributes(Identity(drawn), life="b")["service.instance.id"] == instance_id("b")


def test_an_instance_that_the_user_names_stays(monkeypatch):
    """By the resource or by the environment; it gets an ending where each worker pushes for itself."""
    given = Resource({"service.instance.id": "pod-1"})
    assert attributes(Identity(given))["service.instance.id"] == "pod-1"
    alone = attributes(Identity(given), is_single_worker=True)["service.instance.id"]
    assert alone == f"pod-1-{instance_id('a')[:8]}"

    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=pod-2,team=ml")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "fares")
    found = attributes(Identity(None))
    assert (found["service.instance.id"], found["team"], found["service.name"]) == ("pod-2", "ml", "fares")


@pytest.mark.slow
def test_a_provider_is_asked_without_leaving_a_trace():
    """Its readers never see our question, and its instruments are not touched."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], Resource({"service.name": "shop"}), shutdown_on_exit=False)
    provider.get_meter("shop").create_counter("orders").add(3)
    for _ in range(3):
        found = resource_of(provider)
        assert found is not None
        assert found.attributes["service.name"] == "shop"
    data = reader.get_metrics_data()
    names = [
        metric.name
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    ]
    assert names == ["orders"]
    gc.collect()
    readers = [each for each in gc.get_objects() if issubclass(type(each), _reader_class())]
    assert readers == []  # although the provider lives
    provider.shutdown()


def fails(*_):
    raise SystemExit


@pytest.mark.parametrize("what", ["variable", "callback"])
def test_a_provider_that_raises_is_asked_once_and_told(monkeypatch, caplog, what):
    """A variable that names none, a callback of the application: the push goes out as somebody else."""
    provider = MeterProvider(resource=Resource({"service.name": "shop"}), shutdown_on_exit=False)
    provider.get_meter("shop").create_observable_gauge("broken", callbacks=[fails])
    monkeypatch.setattr(metrics, "get_meter_provider", fails if what == "variable" else lambda: provider)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "fares")
    identity = Identity(None)
    found = [attributes(identity)["service.name"] for _ in range(3)]

    assert found == ["fares"] * 3
    assert caplog.text.count("has raised SystemExit") == 1
    assert "OTEL_SERVICE_NAME" in caplog.text


def test_a_provider_that_tells_nothing_is_no_error():
    """It has been shut down."""
    provider = MeterProvider(shutdown_on_exit=False)
    provider.shutdown()
    assert resource_of(provider) is None


ORDERS = """
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from mlexporter.app.pushing.identity import Identity
identity = Identity(None)
def name():
    return identity.resource("a", is_single_worker=False).attributes["service.name"]
print(name().partition(":")[0])
trace.set_tracer_provider(TracerProvider(resource=Resource.create({"service.name": "traced"})))
print(name())
metrics.set_meter_provider(MeterProvider(resource=Resource.create({"service.name": "metered"})))
print(name(), name())
print(Identity(Resource({"service.name": "given"})).resource("a", is_single_worker=False).attributes["service.name"])
"""


@pytest.mark.slow
def test_a_provider_is_found_whenever_the_application_sets_it():
    """Never, later, later still: what the application says of itself is heard with the next push."""
    done = subprocess.run(
        [sys.executable, "-c", ORDERS], check=True, capture_output=True, text=True, timeout=60,
        env={name: value for name, value in os.environ.items() if not name.startswith("OTEL_")},
    )  # fmt: skip
    assert done.stdout.split() == ["unknown_service", "traced", "metered", "metered", "given"]


def test_at_the_end_of_a_process_there_are_no_detectors_and_a_resource_all_the_same(monkeypatch):
    """They need threads, and none can be started any more; the variables are heard."""

    def fail():
        raise RuntimeError("cannot schedule new futures after interpreter shutdown")

    monkeypatch.setattr(Resource, "create", staticmethod(fail))
    monkeypatch.setenv("OTEL_SERVICE_NAME", "fares")
    found = attributes(Identity(None))
    assert found == {"service.name": "fares", "service.instance.id": instance_id("a")}


def test_detectors_are_run_in_good_time(monkeypatch):
    """A process that stands by may push for the first time when it ends."""
    monkeypatch.setenv("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "process")
    identity = Identity(None)
    identity.prepare()
    monkeypatch.setattr(Resource, "create", staticmethod(lambda: pytest.fail("too late")))
    assert attributes(identity)["process.pid"] == os.getpid()
