"""Code as users write it: checked by mypy --strict, never run."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import assert_type

import numpy as np
import numpy.typing as npt
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import MetricExporter
from opentelemetry.sdk.resources import Resource

import mlexporter


@dataclass
class Flight:
    """Features as a dataclass."""

    distance: float
    carrier: str


def decorated_functions_keep_their_types() -> None:
    """A decorated function has the arguments and the result that it had."""

    @mlexporter.monitor(model="late", version="1", profile="late.profile.json")
    def predict(flight: Flight) -> float:
        return flight.distance

    @mlexporter.monitor(
        model="late", version="1", profile=Path("late.profile.json"), variant="canary",
        features=("distance", "carrier"), prediction="score", sample=0.5,
    )  # fmt: skip
    def predict_mapping(flight: Mapping[str, float], *, threshold: float = 0.5) -> dict[str, float]:
        return {"score": flight["distance"], "label": threshold}

    @mlexporter.monitor(
        model="late", version="1", profile="warmup", features=lambda flight: {"distance": flight}
    )
    async def predict_later(distance: float) -> float:
        return distance

    @mlexporter.monitor(model="words", version="1")
    def generate(prompt: str) -> Iterator[str]:
        yield prompt

    @mlexporter.monitor(model="words", version="1")
    async def stream(prompt: str) -> AsyncIterator[str]:
        yield prompt

    async def use() -> None:
        assert_type(await predict_later(1.0), float)
        async for word in stream("a"):
            assert_type(word, str)

    assert_type(predict(Flight(1.0, "UA")), float)
    assert_type(predict_mapping({"distance": 1.0}, threshold=0.1), dict[str, float])
    assert_type(list(generate("a")), list[str])
    _ = use


class Model:
    """Methods are decorated like functions."""

    @mlexporter.monitor(model="late", version="1")
    def predict(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return something of the same shape."""
        return rows * 2.0


def methods_keep_their_types(model: Model) -> None:
    """``self`` is bound as before."""
    assert_type(model.predict(np.zeros((2, 2))), npt.NDArray[np.float64])


def explicit_recording(path: Path) -> None:
    """Profiles are made, kept and used by hand."""
    profile = mlexporter.Profile.fit(
        {"distance": [1.0, 2.0], "score": [0.1, 0.2], "late": [0, 1]},
        model="late", version="1", prediction="score", label="late",
    )  # fmt: skip
    profile.save(path)
    loaded = mlexporter.Profile.load(path)
    recorder = mlexporter.Monitor(model="late", version="1", profile=loaded)
    recorder.record({"distance": 1.0}, 0.5, id="flight-1", timestamp=0.0)
    recorder.record({"distance": 1.0}, duration_seconds=0.1, error=ValueError("no"))
    recorder.record_batch([{"distance": 1.0}], [0.5])


def generating(answer: object) -> None:
    """What a generative model did, and what people say of it."""

    @mlexporter.monitor(model="bot", version="1", kind="chat", provider="openai", request_model="gpt-4o")
    def chat(prompt: str) -> Iterator[str]:
        mlexporter.record_generation(answer, input_tokens=3, tool_calls={"ok": 1}, cost=0.1, currency="USD")
        yield prompt

    assert_type(list(chat("a")), list[str])
    mlexporter.record_generation(model="bot", version="1", error=ValueError("no"), duration_seconds=1.5)
    mlexporter.record_feedback(True, model="bot")
    recorder = mlexporter.Monitor(model="bot", version="1", kind="embeddings")
    recorder.record_generation(input_tokens=3)
    recorder.record_feedback("positive")
    mlexporter.Exporter().record_feedback(5, model="bot", version="1", variant="primary")


def serving() -> None:
    """The default exporter, or one's own."""
    handle = mlexporter.serve(port=9469)
    assert_type(handle.url, str)
    handle.close()
    assert_type(mlexporter.describe(), str)
    _ = (mlexporter.asgi_app(), mlexporter.wsgi_app(), mlexporter.collector())
    own = mlexporter.Exporter()
    own.serve(port=0).close()
    own.close()


def pushing() -> None:
    """By the variables, or with an exporter of one's own."""
    with mlexporter.push() as handle:
        assert_type(handle.flush(5.0), bool)
    made = OTLPMetricExporter()
    mlexporter.push(made, interval_seconds=15, resource=Resource.create(), temporality="delta").close()
    mlexporter.push(OTLPMetricExporter).close()
    assert_type(mlexporter.exporter_with_models(made), MetricExporter)


def errors() -> None:
    """Everything that is ours is caught by one name."""
    try:
        mlexporter.Profile.load("missing.json")
    except mlexporter.MLExporterError as error:
        assert_type(error, mlexporter.MLExporterError)
