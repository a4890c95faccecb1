"""``Delivery``: one push after the other: a view, its points, and what the receiver says."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from mlexporter.app.pushing.answers import Answers
from mlexporter.app.pushing.identity import Identity
from mlexporter.errors import PushError
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import Metric, MetricExporter

    from mlexporter.app.pushing.office import Life, Office
    from mlexporter.exposition.otlp.differences import Differences
    from mlexporter.records import View
    from mlexporter.state.exporter_counts import ExporterCounter


class Points(NamedTuple):
    """What is pushed: metrics, how many points these have, and the moment that they are of."""

    metrics: list[Metric]
    n_points: int
    now: int


class PointSource:
    """Turns views into points, cumulative or as differences to what was taken before.

    Args:
        view: Returns all that a scrape would show.
        office: Whose counters these are.
        counter: Gets models that cannot be rendered.
        is_delta: Whether counters and histograms are differences.
    """

    def __init__(
        self, view: Callable[[], View], office: Office, counter: ExporterCounter, *, is_delta: bool
    ) -> None:
        self._view = view
        self._office = office
        self._counter = counter
        self._is_delta = is_delta
        self._differences: Differences | None = None
        self._life = ""
        self._start = ("", 0)

    def forget(self) -> None:
        """What was taken is to be read anew: another process has pushed meanwhile."""
        self._differences = None

    def points(self) -> Points:
        """Return the points of now."""
        from mlexporter.exposition.families import collect  # noqa: PLC0415 - it loads the renderer
        from mlexporter.exposition.otlp.points import Times, metrics, point_count  # noqa: PLC0415 - it loads the SDK

        families = collect(self._view(), on_error=self._counter.on_error)
        life, now = self._office.life(), time.time_ns()
        since = self._since(life)
        start = self._began(life, now) if since is None else since.taken_at or life.began
        found = metrics(families, Times(min(start, now), now), since)
        return Points(found, point_count(found), now)

    def settle(self, points: Points, *, is_taken: bool) -> None:
        """Remember what the receiver has; whoever pushes next finds it in the directory."""
        if self._differences is None:
            return
        if not is_taken:
            self._differences.refused()
            return
        self._differences.taken(points.now)
        self._office.write(self._differences.to_bytes(self._life))

    def _began(self, life: Life, now: int) -> int:
        """Return one start for a life, also when the clock is set back behind it and goes on from there."""
        name, start = self._start
        self._start = (life.name, min(now, start if name == life.name else life.began))
        return self._start[1]

    def _since(self, life: Life) -> Differences | None:
        if not self._is_delta:
            return None
        if self._differences is None or life.name != self._life:
            from mlexporter.exposition.otlp.differences import Differences  # noqa: PLC0415 - deltas are for some

            self._differences = Differences.from_bytes(self._office.read(), life.name)
            self._life = life.name
        return self._differences


class Delivery:
    """Pushes; used by one thread at a time.

    Args:
        source: Of the points.
        office: Whose counters these are.
        identity: As what they are pushed.
        make: Returns the exporter; called when it is first needed.
        counter: Counts pushes and points.
        timeout_seconds: What the exporter is told that a push may take.
    """

    def __init__(
        self, source: PointSource, office: Office, identity: Identity, *,
        make: Callable[[Answers], MetricExporter], counter: ExporterCounter, timeout_seconds: float,
    ) -> None:  # fmt: skip
        self._source = source
        self._office = office
        self._identity = identity
        self._make = make
        self._counter = counter
        self._timeout_seconds = timeout_seconds
        self._answers = Answers()
        self._exporter: MetricExporter | None = None
        self._has_told_refusal = False
        self._is_closed = False

    def prepare(self) -> None:
        """Do in good time what cannot be done at the end of a process any more."""
        self._identity.prepare()

    def push(self) -> str:
        """Push all points of now; return why it failed, or an empty text.

        Raises:
            PushError: there is no exporter.
            Exception: an error of our own.
        """
        from mlexporter.app.pushing.exporters import load_sdk  # noqa: PLC0415 - by the first push

        load_sdk()
        from mlexporter.exposition.otlp.points import request_of  # noqa: PLC0415 - the line above has loaded it

        exporter = self._exporter
        if exporter is None:
            if self._is_closed:
                raise PushError("it has ended")
            exporter = self._exporter = self._make(self._answers)
        life = self._office.life()
        resource = self._identity.resource(life.name, is_single_worker=self._office.is_single_worker)
        points = self._source.points()
        problem = self._export(exporter, request_of(points.metrics, resource))
        rejected = min(self._answers.rejected, points.n_points)
        self._source.settle(points, is_taken=not problem)
        counted = (
            {"error": points.n_points}
            if problem
            else {"ok": points.n_points - rejected, "rejected": rejected}
        )
        self._counter.pushed(counted, unix_nanoseconds=points.now, is_taken=not problem)
        self._tell_refusal(rejected, problem)
        return problem

    def forget(self) -> MetricExporter | None:
        """In a forked child: give the parent's exporter away, which must not be used and not be closed."""
        exporter, self._exporter = self._exporter, None
        self._answers = Answers()
        self._identity.forget()
        self._source.forget()
        return exporter

    def close(self, timeout_seconds: float) -> None:
        """Let go of the exporter; a push that is under way gives up."""
        self._is_closed = True
        exporter, self._exporter = self._exporter, None
        if exporter is not None:
            exporter.shutdown(timeout_millis=timeout_seconds * 1000)

    def _export(self, exporter: MetricExporter, request: object) -> str:
        from opentelemetry.sdk.metrics.export import MetricExportResult  # noqa: PLC0415 - ``push`` has loaded it

        with self._answers.listening():
            try:
                result = exporter.export(request, timeout_millis=self._timeout_seconds * 1000)  # type: ignore[arg-type]  # made by ``request_of``
            except BaseException as error:  # noqa: BLE001 - of whoever wrote the exporter, who ends no thread of ours
                return f"{_name_of(exporter)} has raised {type(error).__name__}"
        if self._answers.misdirected:
            return self._answers.misdirected
        if result is not MetricExportResult.SUCCESS:
            return self._answers.problem or f"{_name_of(exporter)} does not say why"
        self._answers.forget()
        return ""

    def _tell_refusal(self, rejected: int, problem: str) -> None:
        if rejected and not self._has_told_refusal:
            LOG.warning(
                "mlexporter: the receiver of pushes has rejected %d data points: %s", rejected,
                self._answers.message or "it does not say why",
            )  # fmt: skip
        self._has_told_refusal = bool(rejected) or (self._has_told_refusal and bool(problem))


def _name_of(exporter: MetricExporter) -> str:
    """Return which exporter it is, in words."""
    kind = type(exporter)
    return f"the exporter {kind.__module__}.{kind.__qualname__}"
