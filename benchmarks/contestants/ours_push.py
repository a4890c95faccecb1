"""mlexporter, a push of 2,000 points over OTLP, beside the SDK of OpenTelemetry with the same series."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import requests
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

import mlexporter
import workload
from contest import Miscount, Numbers, check, require
from contestants import ours
from mlexporter.catalogue import PREDICTIONS
from mlexporter.testing import FakeClock, isolated_exporter

_TRAINING_ROWS, _SERVED_ROWS = 4_000, 500
_ROUNDS = 8
_OF_THE_MOMENT = ("process_", "mlexporter_", "hw_gpu_")
"""Series of the exporter and of the machine: what a model has is compared."""

Points = dict[tuple[str, tuple[tuple[str, str], ...]], float]


class _Nowhere(requests.Session):
    """Takes every request, and keeps the newest."""

    def __init__(self) -> None:
        super().__init__()
        self.body = b""

    def request(self, *_: Any, data: bytes = b"", **__: Any) -> requests.Response:
        self.body = data
        answer = requests.Response()
        answer.status_code, answer._content = 200, b""  # noqa: SLF001 - there is no other way to make one
        return answer

    def points(self) -> Points:
        """Return name, attributes and value (of histograms the count) of each point."""
        return {
            (metric.name, tuple(sorted((each.key, each.value.string_value) for each in point.attributes))): (
                point.count if kind == "histogram" else point.as_int or point.as_double
            )
            for resource in ExportMetricsServiceRequest.FromString(self.body).resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            for kind in [str(metric.WhichOneof("data"))]
            for point in getattr(metric, kind).data_points
        }


class Push:
    """All that one model shows, pushed by both, by the same exporter."""

    def __init__(self, *, quick: bool) -> None:
        self._quick = quick
        n_features = 20 if quick else 22
        profile = mlexporter.Profile.fit(workload.wide(_TRAINING_ROWS, n_features), model="wide", version="1")
        clock = FakeClock()
        self._isolated = isolated_exporter(clock=clock)
        self._exporter = self._isolated.__enter__()
        self._monitor = mlexporter.Monitor(
            exporter=self._exporter, model="wide", version="1", profile=profile
        )
        self._rows = workload.wide(_SERVED_ROWS, n_features, seed=6, shift=0.2)
        self._n_rows = 0
        self._record()
        clock.advance(60.0)
        self._exporter.evaluate()
        self._to, self._sdk_to = _Nowhere(), _Nowhere()
        self._handle = self._exporter.push(
            OTLPMetricExporter(endpoint="http://nowhere/v1/metrics", session=self._to),
            interval_seconds=3600.0,
        )
        self._push()
        self._push()  # the first brings about series of its own
        self._build_sdk()
        self._compare()

    def _record(self) -> None:
        self._monitor.record_batch(self._rows)
        self._n_rows += _SERVED_ROWS
        ours.assert_counted(self._exporter, self._n_rows)

    def _push(self) -> None:
        if not self._handle.flush(60.0):
            raise Miscount(self._handle.problem)

    def _build_sdk(self) -> None:
        """Give the SDK instruments with the very series that we have pushed."""
        exporter = OTLPMetricExporter(endpoint="http://nowhere/v1/metrics", session=self._sdk_to)
        self._reader = PeriodicExportingMetricReader(exporter, export_interval_millis=math.inf)
        self._provider = MeterProvider([self._reader], shutdown_on_exit=False)
        meter = self._provider.get_meter("benchmark")
        request = ExportMetricsServiceRequest.FromString(self._to.body)
        for metric in request.resource_metrics[0].scope_metrics[0].metrics:
            kind = metric.WhichOneof("data")
            points = getattr(metric, str(kind)).data_points
            described = {"name": metric.name, "unit": metric.unit, "description": metric.description}
            for point in points:
                attributes = {each.key: each.value.string_value for each in point.attributes}
                if kind == "histogram":
                    bounds = list(point.explicit_bounds)
                    histogram = meter.create_histogram(
                        **described, explicit_bucket_boundaries_advisory=bounds
                    )
                    for _ in range(point.count):
                        histogram.record(point.sum / point.count, attributes)
                elif kind == "sum":
                    meter.create_counter(**described).add(point.as_int or point.as_double, attributes)
                else:
                    meter.create_gauge(**described).set(point.as_int or point.as_double, attributes)

    def _compare(self) -> None:
        self._reader.collect()
        theirs, own = self._sdk_to.points(), self._to.points()
        missing = {key for key, value in own.items() if key not in theirs and value}
        require("the SDK has every point that is not an empty histogram", holds=not missing)
        compared = [key for key in theirs if not key[0].startswith(_OF_THE_MOMENT)]
        check("points that differ", sum(theirs[key] != own[key] for key in compared), 0)
        self.n_points = len(own)
        require(
            f"there are 2,000 points, of {self.n_points}", holds=self._quick or 1_900 < self.n_points < 2_100
        )

    def repeat(self) -> Numbers:
        """Return processor times of a push by us, reading of all counts included, and by the SDK: lower quartiles.

        They take turns, and neither pays for the garbage of the other.
        """
        taken: dict[str, list[float]] = {"push": [], "sdk": []}
        pushes: list[tuple[str, Callable[[], None]]] = [("push", self._push), ("sdk", self._reader.collect)]
        for _ in range(2 if self._quick else _ROUNDS):
            self._record()
            for name, push in pushes:
                gc.collect()
                started = time.process_time()
                push()
                taken[name].append(time.process_time() - started)
            pushes.reverse()
            own = self._to.points()
            check("points", len(own), self.n_points)
            rows = next(value for (name, _), value in own.items() if name == PREDICTIONS.name)
            check("rows that were pushed", rows, self._n_rows)
        quartiles = {name: statistics.quantiles(each, n=4)[0] for name, each in taken.items()}
        return quartiles | {"points": self.n_points, "bytes": len(self._to.body)}

    def close(self) -> None:
        """Stop the threads."""
        self._handle.close()
        self._provider.shutdown()
        self._isolated.__exit__(None, None, None)
