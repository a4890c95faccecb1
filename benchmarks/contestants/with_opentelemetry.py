"""The SDK of OpenTelemetry by hand: one histogram with the feature as an attribute, a counter for words."""

from __future__ import annotations

import time

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

import workload
from contest import Numbers, check
from contestants import calls


class AllIn:
    """What a call costs; attributes are made before, as far as they are known before."""

    def __init__(self, *, quick: bool) -> None:
        self._quick = quick
        self._reader = InMemoryMetricReader()
        self._provider = MeterProvider(metric_readers=[self._reader], shutdown_on_exit=False)
        meter = self._provider.get_meter("benchmark")
        bounds = list(workload.BUCKET_BOUNDS)
        self._number = meter.create_histogram("feature", explicit_bucket_boundaries_advisory=bounds)
        self._word = meter.create_counter("category")
        self._score = meter.create_histogram("prediction", explicit_bucket_boundaries_advisory=bounds)
        self._duration = meter.create_histogram("duration", unit="s")
        self._requests = meter.create_counter("requests")
        self._succeeded = {"status": "ok"}
        self._numbers = [(name, {"feature": name}) for name in workload.NUMBERS]
        self._words = [
            (name, {word: {"feature": name, "word": word} for word in workload.WORDS})
            for name in workload.TEXTS
        ]
        self._rows = workload.rows(100)
        self._n_rows = 0
        for row in self._rows:
            self._predict(row)
        self._counted(len(self._rows))

    def _predict(self, row: workload.Row) -> float:
        started = time.perf_counter()
        score = workload.model(row)
        self._duration.record(time.perf_counter() - started)
        record, add = self._number.record, self._word.add
        for name, attributes in self._numbers:
            record(row[name], attributes)
        for name, attributes_of in self._words:
            add(1, attributes_of[row[name]])
        self._score.record(score)
        self._requests.add(1, self._succeeded)
        return score

    def repeat(self) -> Numbers:
        """Return the processor time of a call; nothing is put off."""
        rows = self._rows * (1 if self._quick else 12)
        seconds = calls.all_in(self._predict, lambda: None, rows)
        self._counted(len(rows))
        return {"call": seconds}

    def _counted(self, n_rows: int) -> None:
        self._n_rows += n_rows
        found: dict[str, float] = {}
        data = self._reader.get_metrics_data()
        for metric in data.resource_metrics[0].scope_metrics[0].metrics if data else ():
            for point in metric.data.data_points:
                feature = (point.attributes or {}).get("feature", metric.name)
                found[feature] = found.get(feature, 0) + (
                    point.count if hasattr(point, "count") else point.value
                )
        for name in (*workload.FEATURES, "prediction", "requests", "duration"):
            check(name, found.get(name, 0), self._n_rows)

    def close(self) -> None:
        """Stop the provider."""
        self._provider.shutdown()
