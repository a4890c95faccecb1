"""mlexporter, a row at a time, in an application that traces: what spans add to a call."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

import mlexporter
import workload
from contest import Numbers, require
from contestants import ours


class Unsampled:
    """The same function with spans and without them, below a span of the caller that is not sampled."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        # The sampler would take everything: it is the caller's span that is not sampled.
        trace.set_tracer_provider(TracerProvider(sampler=ALWAYS_ON, shutdown_on_exit=False))
        # Each counts alone, so that the rows of each can be checked.
        self.exporters = [ours.exporter(spans=spans, dir="off") for spans in ("off", "auto")]
        self.bare, self.traced = map(_decorated, self.exporters)
        self.rows = workload.rows(500)
        self.n_rows = 0
        context = trace.SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=trace.TraceFlags(0))
        self.request = trace.NonRecordingSpan(context)
        for predict in (self.bare, self.traced):
            for row in self.rows:
                predict(row)
        self._check(len(self.rows))

    def _check(self, n_rows: int) -> None:
        self.n_rows += n_rows
        for exporter in self.exporters:
            ours.assert_counted(exporter, self.n_rows + 1)

    def repeat(self) -> Numbers:
        """Return the thread's time that being traceable adds to a call: between lower quartiles of short runs."""
        taken: dict[str, list[int]] = {"bare": [], "traced": []}
        n_rounds = 2 if self.quick else 20
        with trace.use_span(self.request):
            for _ in range(n_rounds):
                for start in range(0, len(self.rows) - ours.RUN_CALLS, ours.RUN_CALLS):
                    rows = self.rows[start : start + ours.RUN_CALLS]
                    for name, predict in (("bare", self.bare), ("traced", self.traced)):
                        started = time.thread_time_ns()
                        for row in rows:
                            predict(row)
                        taken[name].append(time.thread_time_ns() - started)
        self._check(len(taken["bare"]) * ours.RUN_CALLS)
        bare, traced = (
            statistics.quantiles(taken[name], n=4)[0] / ours.RUN_CALLS / 1e9 for name in ("bare", "traced")
        )
        return {"call": traced - bare}

    def close(self) -> None:
        """Stop the threads."""
        for exporter in self.exporters:
            exporter.close()


def _decorated(exporter: mlexporter.Exporter) -> Callable[[workload.Row], float]:
    """Return the monitored function, after a call that shows whether it has a span."""
    decorate = exporter.monitor(model="spans", version="1", profile=ours.profile("spans"))
    seen: list[bool] = []

    def look(row: workload.Row) -> float:
        seen.append(trace.get_current_span().get_span_context().is_valid)
        return workload.model(row)

    decorate(look)(workload.rows(1)[0])
    is_traced = exporter.settings.spans == "auto"
    require(f"a span in each call: {is_traced}", holds=seen == [is_traced])
    return decorate(workload.model)
