"""Everything that is known of the resources of a set of workers, in one record."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlexporter import catalogue

if TYPE_CHECKING:
    from mlexporter.records import ResourceUsage


def own_cpu_nanoseconds() -> int:
    """Return the processor time of this process so far, user and system, in nanoseconds.

    Each worker counts its own, so that what a worker used is not forgotten when it ends: a sum
    over the living alone would fall. A forked child starts at 0. Costs one system call.
    """
    return time.process_time_ns()


def resource_usage(pids: Sequence[int], *, cpu_seconds: float | None = None) -> ResourceUsage:
    """Return what the living of ``pids`` use together, their container, and the graphics cards.

    Args:
        pids: Workers, as numbered in the pid namespace of this process; who is gone is skipped.
            Without any, nothing is known of processes and container.
        cpu_seconds: Processor time of all workers that ever were, if somebody counts it.

    Returns:
        What the system told; it never raises for what it refuses.
    """
    # Every worker imports this file for the function above; most are never scraped.
    from mlexporter.records import ResourceUsage  # noqa: PLC0415 - as above
    from mlexporter.resources.container import container_samples  # noqa: PLC0415 - as above
    from mlexporter.resources.graphics import graphics_samples  # noqa: PLC0415 - as above
    from mlexporter.resources.processes import process_values  # noqa: PLC0415 - as above

    process = process_values(pids)
    if cpu_seconds is not None:
        process[catalogue.PROCESS_CPU.name] = cpu_seconds
    return ResourceUsage(process=process, container=container_samples(pids), gpu=graphics_samples())
