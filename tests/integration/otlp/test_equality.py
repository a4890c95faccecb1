"""A decorated service in a real Prometheus 3: by push exactly the series of its scrape, values and all."""

import contextlib
import json
import threading
import time
import urllib.request

import numpy as np
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

import mlexporter
from mlexporter import catalogue
from mlexporter.demo.programs import HOST, free_port
from mlexporter.testing import FakeClock, isolated_exporter
from otlp_programs import series_of, until

SERVED = ("le", "bin", "window", "reason", "status", "range")
OF_THE_MOMENT = (
    "process_", "mlexporter_container_", "hw_", catalogue.PUSHES.name, catalogue.PUSH_POINTS.name, catalogue.LAST_PUSH.name,
)  # fmt: skip
"""Series whose values have moved on between two looks: there it is enough that they are there."""


def training(n_rows, seed):
    random = np.random.default_rng(seed)
    return {
        "distance": random.gamma(2.0, 300.0, n_rows),
        "carrier": random.choice(["UA", 'say "B6"\\', "DL"], n_rows).tolist(),
        "score": random.uniform(0.0, 1.0, n_rows),
    }


def service(exporter, profile):
    """Return a service as people write them, with its metrics mounted."""

    @exporter.monitor(model="late arrival", version="1", profile=profile)
    def predict(flight):
        if flight["distance"] < 0:
            raise ValueError(flight)
        return float(flight["distance"] > 500)

    @exporter.monitor(model="bare", version="2", variant="shadow")
    def batch(rows):
        return [0.5] * len(rows)

    @exporter.monitor(model="chat", version="1", kind="chat", provider="openai", request_model="small")
    def chat(prompt):
        mlexporter.record_generation(input_tokens=len(prompt), output_tokens=7)
        return "late"

    async def answer(request):
        flight = await request.json()
        chat(flight["carrier"])
        batch([flight, flight])
        with contextlib.suppress(ValueError):
            return JSONResponse({"late": predict(flight)})
        return JSONResponse({"late": None})

    return Starlette(
        routes=[Route("/predict", answer, methods=["POST"]), Mount("/", app=exporter.asgi_app())]
    )


@contextlib.contextmanager
def running(application):
    """Serve it under uvicorn, and return the port."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(application, host=HOST, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join(20)


def call(port, n_calls):
    rows = training(n_calls, 5)
    for number in range(n_calls):
        flight = {"distance": float(rows["distance"][number]), "carrier": rows["carrier"][number]}
        if number % 20 == 0:
            flight["distance"] = -1.0
        request = urllib.request.Request(
            f"http://{HOST}:{port}/predict", json.dumps(flight).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()


@pytest.fixture
def scraped_and_pushed(prometheus_3, collector, monkeypatch):
    """The series of one service by scrape, by push, and by push through a Collector."""
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcExporter
    from opentelemetry.sdk.resources import Resource

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", prometheus_3.otlp_endpoint)
    name = f"equal-{time.time_ns()}"
    profile = mlexporter.Profile.fit(training(3000, 1), model="late arrival", version="1", prediction="score")
    clock = FakeClock()
    with (
        isolated_exporter(clock, strict=False, measures="all") as exporter,
        running(service(exporter, profile)) as port,
    ):
        call(port, 300)
        clock.advance(60.0)
        exporter.evaluate()
        direct = exporter.push(
            interval_seconds=3600, resource=Resource.create({"service.name": f"{name}-direct"})
        )
        through = exporter.push(
            lambda: GrpcExporter(endpoint=collector.grpc_endpoint),
            interval_seconds=3600, resource=Resource.create({"service.name": f"{name}-through"}),
        )  # fmt: skip
        for _ in range(2):  # the first brings about series of its own
            assert direct.flush(20), direct.problem
            assert through.flush(20), through.problem
        with (
            prometheus_3.scraping(f"{name}-scraped", f"{HOST}:{port}"),
            prometheus_3.scraping(f"{name}-collected", collector.scrape_target, honor_labels=True),
        ):
            until(lambda: _has_all(prometheus_3, f"{name}-through"))
            yield {way: series_of(prometheus_3, f"{name}-{way}") for way in ("scraped", "direct", "through")}
        direct.close()
        through.close()


def _has_all(prometheus, job):
    return prometheus.query(f'{catalogue.LAST_PUSH.name}{{job="{job}"}}')


@pytest.mark.parametrize("way", ["direct", "through"])
def test_by_push_it_is_what_it_is_by_scrape(scraped_and_pushed, way):
    """Every name, every label, every value; ``le`` is a number in both."""
    scraped, pushed = scraped_and_pushed["scraped"], scraped_and_pushed[way]
    assert set(pushed) - set(scraped) == set()
    assert set(scraped) - set(pushed) == set()
    different = {
        key: (value, pushed[key])
        for key, value in scraped.items()
        if value != pushed[key] and not key[0].startswith(OF_THE_MOMENT)
    }
    assert different == {}
    compared = [key for key in scraped if not key[0].startswith(OF_THE_MOMENT)]
    assert len(compared) > 400
    assert f"{catalogue.GENERATION_TOKENS.name}_bucket" in {name for name, _ in compared}
    assert {label for _, labels in scraped for label, _ in labels} >= set(SERVED)
