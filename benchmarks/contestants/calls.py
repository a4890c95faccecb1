"""How calls of one row are timed: alike for every contestant."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

import workload

Predict = Callable[[workload.Row], float]


def all_in(predict: Predict, settle: Callable[[], object], rows: Sequence[workload.Row]) -> float:
    """Return the processor time that ``predict`` adds to a call, seconds, of all threads of the process.

    Args:
        predict: The monitored function.
        settle: Does what was put off; its time counts.
        rows: One call each.
    """
    bare = workload.model
    started = time.process_time_ns()
    for row in rows:
        predict(row)
    settle()
    between = time.process_time_ns()
    for row in rows:
        bare(row)
    ended = time.process_time_ns()
    return ((between - started) - (ended - between)) / len(rows) / 1e9


def each(predict: Predict, rows: Sequence[workload.Row]) -> dict[str, float]:
    """Return percentiles of the thread's processor time of a call, less those of the bare function.

    Bare and monitored calls take turns, so that both meet the same scrapes and evaluations. Seconds;
    ``wall_p999`` is by the clock on the wall and holds the waits for the interpreter's lock and the machine.
    """
    bare, now, wall = workload.model, time.thread_time_ns, time.perf_counter_ns
    monitored, plain, walls = [], [], []
    for row in rows:
        started = now()
        bare(row)
        between, entered = now(), wall()
        began = now()
        predict(row)
        ended, left = now(), wall()
        plain.append(between - started)
        monitored.append(ended - began)
        walls.append(left - entered)
    above = np.percentile(monitored, [50, 99, 99.9]) - np.percentile(plain, [50, 99, 99.9])
    found = dict(zip(("p50", "p99", "p999"), (above / 1e9).tolist(), strict=True))
    found["largest"] = (max(monitored) - max(plain)) / 1e9
    found["wall_p999"] = float(np.percentile(walls, 99.9)) / 1e9
    return found


def with_threads(predict: Predict, rows: Sequence[workload.Row], n_threads: int) -> dict[str, float]:
    """Return the time that one call takes when ``n_threads`` threads each call for all ``rows``.

    Returns:
        ``wall``: seconds between the start of all and the end of the last, for each call in total;
        ``cpu``: processor time of the process for each call.
    """
    barrier = threading.Barrier(n_threads + 1)

    def run() -> None:
        barrier.wait()
        for row in rows:
            predict(row)

    threads = [threading.Thread(target=run) for _ in range(n_threads)]
    for thread in threads:
        thread.start()
    barrier.wait()
    started, started_cpu = time.perf_counter_ns(), time.process_time_ns()
    for thread in threads:
        thread.join()
    calls = n_threads * len(rows) * 1e9
    return {
        "wall": (time.perf_counter_ns() - started) / calls,
        "cpu": (time.process_time_ns() - started_cpu) / calls,
    }
