"""mlexporter, a row at a time, behind its decorator."""

from __future__ import annotations

import statistics
import time

import workload
from contest import Numbers, check
from contestants import calls, ours
from contestants.scraping import Scraper


class Rows:
    """A decorated function with default settings that has counted a few rows.

    Attributes:
        n_rows: Calls so far.
    """

    settings: dict[str, object] = {}  # noqa: RUF012 - replaced as a whole by subclasses

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.exporter = ours.exporter(**self.settings)
        name = type(self).__name__.lower()
        decorate = self.exporter.monitor(model=name, version="1", profile=ours.profile(name))
        self.predict = decorate(workload.model)
        self.rows = workload.rows(500)
        self.n_rows = 0
        for row in self.rows:
            check("predictions changed", self.predict(row), workload.model(row))
        self.counted(len(self.rows))

    def counted(self, n_rows: int) -> None:
        """Check that all calls so far are counted, ``n_rows`` of them since the last check."""
        self.n_rows += n_rows
        ours.assert_counted(self.exporter, self.n_rows)

    def repeat(self) -> Numbers:
        """Do the calls."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop the threads."""
        self.exporter.close()


class HotPath(Rows):
    """What a call costs that has nothing to do beside itself."""

    def repeat(self) -> Numbers:
        """Return the thread's time of a call above the bare function: the lower quartile over short runs.

        It is the median of the runs that meet no turn: these are the faster half of all.
        """
        predict, bare = self.predict, workload.model
        taken = []
        n_rounds = 2 if self.quick else 20
        for _ in range(n_rounds):
            for start in range(0, len(self.rows) - ours.RUN_CALLS, ours.RUN_CALLS):
                rows = self.rows[start : start + ours.RUN_CALLS]
                started = time.thread_time_ns()
                for row in rows:
                    predict(row)
                between = time.thread_time_ns()
                for row in rows:
                    bare(row)
                taken.append((between - started) - (time.thread_time_ns() - between))
        self.counted(len(taken) * ours.RUN_CALLS)
        return {"call": statistics.quantiles(taken, n=4)[0] / ours.RUN_CALLS / 1e9}


class AllIn(Rows):
    """What a call costs with all that follows from it, on whatever thread."""

    def repeat(self) -> Numbers:
        """Return the processor time of a call, drains included."""
        rows = self.rows * (2 if self.quick else 40)
        seconds = calls.all_in(self.predict, self.exporter.drain, rows)
        self.counted(len(rows))
        return {"call": seconds}


class Tail(Rows):
    """The slowest calls, with a scrape every 100 ms and an evaluation every second."""

    settings = {"evaluation_interval": 1}  # noqa: RUF012 - as above

    def repeat(self) -> Numbers:
        """Return percentiles of the thread's time above the bare function."""
        handle = self.exporter.serve(port=0)
        rows = self.rows * (2 if self.quick else 60)
        with Scraper(f"{handle.url}/metrics") as scraper:
            found = calls.each(self.predict, rows)
        handle.close()
        self.counted(len(rows))
        return found | {"scrapes": scraper.n_scrapes}


class Threads(Rows):
    """Eight threads that call as fast as they can."""

    def repeat(self) -> Numbers:
        """Return the time of a call; every row of every thread must be counted."""
        rows = self.rows * (1 if self.quick else 10)
        found = calls.with_threads(self.predict, rows, n_threads=8)
        self.counted(8 * len(rows))
        return found
