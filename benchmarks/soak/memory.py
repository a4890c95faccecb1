"""What processes use while the soak runs, and whether it grows."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from statistics import NormalDist, median
from typing import Any, Final, NamedTuple

import psutil

from soak.pod import Pod

_KIBIBYTE: Final = 1024
_POINTS: Final = 240
"""Points of a slope at most: Theil and Sen look at each pair."""


class Use(NamedTuple):
    """One look at one process: Unix seconds, KiB of its own, files, threads.

    Its own (USS) is what nobody shares with it: a share in libraries (PSS) grows when other programs end.
    """

    at: float
    kibibytes: float
    files: int
    threads: int


class Slope(NamedTuple):
    """KiB an hour, with the ends of a 95 % interval."""

    middle: float
    lower: float
    upper: float


def look(pods: Mapping[str, Pod]) -> dict[str, Use]:
    """Return the use of each worker and exporter now; those that end meanwhile are left out."""
    found = {}
    for pod in pods.values():
        processes = {f"{pod.life} worker {pid}": pid for pid in pod.workers()}
        processes[f"{pod.life} exporter {pod.exporter.pid}"] = pod.exporter.pid
        for name, pid in processes.items():
            with contextlib.suppress(psutil.Error, OSError):
                process = psutil.Process(pid)
                kibibytes = process.memory_full_info().uss / _KIBIBYTE
                if kibibytes:
                    found[name] = Use(time.time(), kibibytes, process.num_fds(), process.num_threads())
    return found


def slope(points: Sequence[tuple[float, float]]) -> Slope:
    """Return the slope of Theil and Sen of (seconds, KiB), with the interval of Kendall's test.

    Args:
        points: At least three, in the order of time.
    """
    step = -(-len(points) // _POINTS)
    blocks = [points[place : place + step] for place in range(0, len(points), step)]
    kept = [(median(at for at, _ in block), median(value for _, value in block)) for block in blocks]
    n = len(kept)
    slopes = sorted(
        (kept[later][1] - kept[earlier][1]) / (kept[later][0] - kept[earlier][0]) * 3600.0
        for earlier in range(n)
        for later in range(earlier + 1, n)
        if kept[later][0] > kept[earlier][0]
    )
    spread = NormalDist().inv_cdf(0.975) * (n * (n - 1) * (2 * n + 5) / 18) ** 0.5
    lower = max(round((len(slopes) - spread) / 2), 0)
    upper = min(round((len(slopes) + spread) / 2), len(slopes) - 1)
    return Slope(median(slopes), slopes[lower], slopes[upper])


def summary(uses: Sequence[Use], settled_from: float) -> dict[str, Any] | None:
    """Return what a life of a process comes to from ``settled_from`` on; None for one that was too short to say."""
    kept = [use for use in uses if use.at >= settled_from]
    if len(kept) < 10:
        return None
    rise = slope([(use.at, use.kibibytes) for use in kept])
    quarter = max(len(kept) // 4, 1)
    return {
        "seconds": round(kept[-1].at - kept[0].at),
        "kibibytes": [round(min(use.kibibytes for use in kept)), round(max(use.kibibytes for use in kept))],
        "slope": [round(each) for each in rise],
        "files": [max(use.files for use in kept[:quarter]), max(use.files for use in kept[-quarter:])],
        "threads": [max(use.threads for use in kept[:quarter]), max(use.threads for use in kept[-quarter:])],
        "first_and_last_quarter": [
            round(median(use.kibibytes for use in kept[:quarter])),
            round(median(use.kibibytes for use in kept[-quarter:])),
        ],
    }
