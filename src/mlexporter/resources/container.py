"""Limits, use and pressure of the container: of the control group in which the workers run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.records import ResourceSample
from mlexporter.resources.control_groups import ControlGroup, find_control_groups, read_file

PROC: Final = Path("/proc")

_MEMORY_LIMIT: Final = {1: "memory.limit_in_bytes", 2: "memory.max"}
_MEMORY_USAGE: Final = {1: "memory.usage_in_bytes", 2: "memory.current"}
_MEMORY_CACHE: Final = {1: "total_inactive_file", 2: "inactive_file"}
_MEMORY_EVENTS: Final = {1: "memory.oom_control", 2: "memory.events"}
_THROTTLED: Final = {1: ("throttled_time", 1e9), 2: ("throttled_usec", 1e6)}
# Version 1 has no word for "no limit": it shows the largest number, rounded down to a page.
_NO_LIMIT: Final = 2**62
_PERCENT: Final = 100.0


def container_samples(pids: Sequence[int]) -> tuple[ResourceSample, ...]:
    """Return what the kernel tells of the group of the first living process of ``pids``.

    A limit may be set on the group or on any group around it, as far as those can be seen: the
    tightest one counts. Use of memory is that of the group which has the tightest limit, so that
    the two can be compared; without a limit it is that of the group itself. No limit is no sample.
    """
    groups = find_control_groups(pids, PROC)
    found: list[tuple[Metric, tuple[str, ...], float]] = []
    if groups.memory is not None:
        found += [(metric, (), value) for metric, value in _memory(groups.memory)]
    if groups.cpu is not None:
        found += [(metric, (), value) for metric, value in _processor(groups.cpu)]
    if groups.unified is not None:
        own = groups.unified.levels[0]
        for resource in catalogue.PRESSURE_RESOURCES:
            ratio = _pressure(own / f"{resource}.pressure")
            if ratio is not None:
                found.append((catalogue.CONTAINER_PRESSURE, (resource,), ratio))
    return tuple(ResourceSample(metric.name, labels, value) for metric, labels, value in found)


def _memory(group: ControlGroup) -> Iterator[tuple[Metric, float]]:
    where, tightest = group.levels[0], None
    for level in group.levels:
        limit = _number(read_file(level / _MEMORY_LIMIT[group.version]))
        # Of two equal limits the outer one is met first: it holds at least as much.
        if limit is not None and limit < _NO_LIMIT and (tightest is None or limit <= tightest):
            where, tightest = level, limit
    if tightest is not None:
        yield catalogue.CONTAINER_MEMORY_LIMIT, float(tightest)
    usage = _number(read_file(where / _MEMORY_USAGE[group.version]))
    if usage is not None:
        # What was read from files once fills any limit and is given back when needed.
        cache = _entries(where / "memory.stat").get(_MEMORY_CACHE[group.version], 0)
        yield catalogue.CONTAINER_MEMORY_USAGE, float(max(usage - cache, 0))
    kills = _entries(group.levels[0] / _MEMORY_EVENTS[group.version]).get("oom_kill")
    if kills is not None:
        yield catalogue.CONTAINER_OUT_OF_MEMORY_KILLS, float(kills)


def _processor(group: ControlGroup) -> Iterator[tuple[Metric, float]]:
    limits = [cores for level in group.levels if (cores := _cores(level, group.version)) is not None]
    if limits:
        yield catalogue.CONTAINER_CPU_LIMIT, min(limits)
    key, divisor = _THROTTLED[group.version]
    told = [entries[key] for level in group.levels if key in (entries := _entries(level / "cpu.stat"))]
    if told:
        # Each level counts its own stops, and any of them stops us. The sum never falls, even
        # when another level becomes the tightest.
        yield catalogue.CONTAINER_CPU_THROTTLED, sum(told) / divisor


def _cores(level: Path, version: int) -> float | None:
    """Return how many cores the group may use at once, or None without a limit."""
    if version == 1:
        texts = [read_file(level / "cpu.cfs_quota_us"), read_file(level / "cpu.cfs_period_us")]
    else:
        texts = list((read_file(level / "cpu.max") or "").split())
    if len(texts) != 2:
        return None
    quota, period = _number(texts[0]), _number(texts[1])
    return None if quota is None or not period else quota / period


def _pressure(path: Path) -> float | None:
    """Return the share of the last ten seconds in which some task waited, between 0 and 1."""
    for line in (read_file(path) or "").splitlines():
        words = line.split()
        averages = [word.removeprefix("avg10=") for word in words if word.startswith("avg10=")]
        if words[:1] == ["some"] and averages:
            try:
                return float(averages[0]) / _PERCENT
            except ValueError:
                return None
    return None


def _entries(path: Path) -> dict[str, int]:
    """Return the numbers of a file that has a name and a number on each line."""
    found: dict[str, int] = {}
    for line in (read_file(path) or "").splitlines():
        name, _, text = line.partition(" ")
        number = _number(text)
        if number is not None:
            found[name] = number
    return found


def _number(text: str | None) -> int | None:
    """Return the whole number that ``text`` is; ``max``, -1 and anything else are none."""
    digits = "" if text is None else text.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() else None
