"""What a scrape says of process, container and of the exporter's own haste: made, so that it is not this machine's."""

from __future__ import annotations

import math
from typing import Final

from mlexporter import catalogue

MEASURED: Final = frozenset(
    {
        catalogue.EVALUATION_DURATION.name,
        # A pod is made beside others by one program: that is of this machine, too.
        catalogue.SINGLE_WORKER.name,
        *(f"{catalogue.OBSERVE_DURATION.name}{suffix}" for suffix in ("_bucket", "_count", "_sum")),
    }
)
"""Series of a scrape that tell of this machine: they are left out of it, and made here."""

_MEGABYTE: Final = 2**20
_MEMORY_LIMIT: Final = 768 * _MEGABYTE
_DAY: Final = 86_400
_GROWTH_BYTES_PER_HOUR: Final = 0.15 * _MEGABYTE
_CALL_SECONDS: Final = 0.03
_IDLE_SHARE: Final = 0.012
_DRAINS_PER_CALL: Final = 0.5
_DRAIN_SECONDS: Final = 0.0009
_DRAIN_SHARES: Final = (0.0, 0.0, 0.02, 0.3, 0.62, 0.93, 0.99, 1.0, 1.0, 1.0, 1.0)
"""Part of the drains that took at most each of the bounds."""


def machine_lines(pod: int, now: int, started: int, calls: int) -> bytes:
    """Return the lines of a scrape, without times.

    Args:
        pod: Which one, from 0: they differ a little.
        now: Unix seconds.
        started: When the process began, Unix seconds.
        calls: Calls since then.
    """
    age = now - started
    wave = math.sin(2 * math.pi * (now % _DAY) / _DAY + pod)
    resident = int((330 + 14 * pod + 9 * wave) * _MEGABYTE + min(age / 3600, 720) * _GROWTH_BYTES_PER_HOUR)
    busy = age * _IDLE_SHARE + calls * _CALL_SECONDS
    drains = int(calls * _DRAINS_PER_CALL)
    values: dict[str, float] = {
        catalogue.PROCESS_CPU.name: round(busy, 3),
        catalogue.PROCESS_RESIDENT_MEMORY.name: resident,
        catalogue.PROCESS_VIRTUAL_MEMORY.name: resident * 4,
        catalogue.PROCESS_OPEN_FDS.name: 21 + calls % 7,
        catalogue.PROCESS_MAX_FDS.name: 65_536,
        catalogue.PROCESS_THREADS.name: 12,
        catalogue.PROCESS_START_TIME.name: started,
        catalogue.CONTAINER_MEMORY_LIMIT.name: _MEMORY_LIMIT,
        catalogue.CONTAINER_MEMORY_USAGE.name: int(resident * 1.12),
        catalogue.CONTAINER_OUT_OF_MEMORY_KILLS.name: 0,
        catalogue.CONTAINER_CPU_LIMIT.name: 2.0,
        catalogue.CONTAINER_CPU_THROTTLED.name: round(busy * 0.004, 4),
        f'{catalogue.CONTAINER_PRESSURE.name}{{resource="cpu"}}': round(0.015 + 0.01 * wave, 4),
        f'{catalogue.CONTAINER_PRESSURE.name}{{resource="memory"}}': 0.0,
        f'{catalogue.CONTAINER_PRESSURE.name}{{resource="io"}}': round(0.002 + 0.001 * wave, 4),
        catalogue.SINGLE_WORKER.name: 0,
        catalogue.EVALUATION_DURATION.name: round(0.041 + 0.004 * wave, 5),
    }
    name = catalogue.OBSERVE_DURATION.name
    for bound, share in zip(catalogue.DRAIN_BOUNDS_SECONDS, _DRAIN_SHARES, strict=True):
        values[f'{name}_bucket{{le="{bound!r}"}}'] = int(drains * share)
    values[f'{name}_bucket{{le="+Inf"}}'] = drains
    values[f"{name}_count"] = drains
    values[f"{name}_sum"] = round(drains * _DRAIN_SECONDS, 6)
    return "".join(f"{series} {value!r}\n" for series, value in values.items()).encode()
