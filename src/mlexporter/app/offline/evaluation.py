"""``evaluate_rows``: rows against a profile, with the statistics of the server."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mlexporter.app.exporter import Exporter
from mlexporter.app.offline.counting import OfflineCounter, Progress
from mlexporter.app.offline.options import OfflineOptions
from mlexporter.errors import ConfigurationError
from mlexporter.profile import Profile
from mlexporter.profile.sources import Source
from mlexporter.records import Reference, Report, View, WindowReport
from mlexporter.settings import NO_DIRECTORY, Settings, parse_duration
from mlexporter.state.clock import StandingClock
from mlexporter.state.track import window_of
from mlexporter.statistics.evaluate import evaluate

MAXIMUM_PERIODS: Final = 1_000
_NEVER: Final = 10.0**9  # seconds until the background thread would evaluate by itself


@dataclass(frozen=True)
class Period:
    """The statistics of the rows of one period; times in Unix seconds, the end not included."""

    begins: float
    ends: float
    window: WindowReport


@dataclass(frozen=True)
class Evaluation:
    """What was found out about the rows of a source.

    Attributes:
        reference: What they were compared with.
        view: All that a page or an exposition shows.
        report: Statistics of all rows, one window.
        periods: Statistics of each period, in the order of time; empty where none were asked for.
        evaluated_timestamp: When, Unix seconds.
        exporter: Holds the counts; closed when the block of ``evaluate_rows`` ends.
    """

    reference: Reference
    view: View
    report: Report
    periods: tuple[Period, ...]
    evaluated_timestamp: float
    exporter: Exporter

    @property
    def window(self) -> WindowReport:
        """The statistics of all rows."""
        return self.report.windows[0]


@contextlib.contextmanager
def evaluate_rows(
    source: Source, profile: Profile, options: OfflineOptions, *, progress: Progress | None = None
) -> Iterator[Evaluation]:
    """Compare all rows of ``source`` with ``profile``; yields what was found out.

    The rows count as one window, ``options.window`` long, whatever time they cover; false alarms are
    shared out over the features and this one look.

    Args:
        source: The rows.
        profile: What they are compared with.
        options: How they are read and judged.
        progress: Told how far counting is.

    Raises:
        ConfigurationError: an option that can never work.
        FitError: a column is missing, or the rows cannot be read.
    """
    options.check(profile.reference, source)
    clock = StandingClock()
    settings = Settings(
        strict=True, dir=NO_DIRECTORY, windows=(options.window,), evaluation_interval=_NEVER,
        required_observations=options.required_observations, measures=options.measures, baseline="off",
    )  # fmt: skip
    exporter = Exporter(settings, clock=clock)
    try:
        counter = OfflineCounter(exporter, profile, source, options)
        exporter.evaluate()  # the window begins here, with nothing in it
        counter.count(progress)
        clock.advance(_span(counter, options))
        exporter.evaluate()
        view = exporter.view(include_process=False)
        model = view.models[0]
        if model.report is None or model.reference is None:
            raise ConfigurationError("nothing could be evaluated; see the log")
        periods = _periods(counter, model.reference, options, model.report)
        yield Evaluation(model.reference, view, model.report, periods, time.time(), exporter)
    finally:
        exporter.close()


def _span(counter: OfflineCounter, options: OfflineOptions) -> float:
    if counter.first is None or counter.last is None:
        return parse_duration(options.window)
    return max(counter.last - counter.first, 1.0)


def _periods(
    counter: OfflineCounter, reference: Reference, options: OfflineOptions, report: Report
) -> tuple[Period, ...]:
    if not options.every:
        return ()
    length = parse_duration(options.every)
    if len(counter.by_period) > MAXIMUM_PERIODS:
        raise ConfigurationError(
            f"every={options.every!r} makes {len(counter.by_period):,} periods; {MAXIMUM_PERIODS:,} are the most: "
            "name a longer one"
        )
    found = []
    for number in sorted(counter.by_period):
        counts = window_of(options.window, length, counter.by_period[number], counter.lengths)
        evaluated = evaluate(
            reference, [counts], key=report.key, evaluated_timestamp=report.evaluated_timestamp,
            required_observations=options.required_observations, measures=options.measures,
        )  # fmt: skip
        found.append(Period(number * length, (number + 1) * length, evaluated.windows[0]))
    return tuple(found)
