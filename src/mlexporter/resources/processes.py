"""Memory, files, threads and start time of a set of processes, by psutil."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric

if TYPE_CHECKING:
    import psutil

_Read = Callable[["psutil.Process"], float | None]
_Combine = Callable[[Iterable[float]], float]


def process_values(pids: Sequence[int]) -> dict[str, float]:
    """Return metric name to value for the living of ``pids`` together.

    Amounts are added up, of start times the oldest is taken. Limits of open files are added too,
    so that open files divided by their limit stays a share of what all workers may open. A sum over
    some of the living would be taken for one over all: a value that one of them does not tell, or
    that is unlimited, is absent. Memory that workers share counts in each of them.
    """
    readings = [reading for pid in dict.fromkeys(pids) if (reading := _reading(pid)) is not None]
    values: dict[str, float] = {}
    for metric, _, combine in _QUANTITIES:
        told = [value for reading in readings if (value := reading.get(metric.name)) is not None]
        if told and len(told) == len(readings):
            values[metric.name] = combine(told)
    return values


def _reading(pid: int) -> dict[str, float | None] | None:
    """Return what one process tells, or None where there is none any more."""
    import psutil  # noqa: PLC0415 - serving code that is never scraped must not pay for it

    try:
        process = psutil.Process(pid)
        with process.oneshot():
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            return {metric.name: _asked(read, process) for metric, read, _ in _QUANTITIES}
    except (psutil.NoSuchProcess, ValueError):
        return None
    except (psutil.Error, OSError):
        return {}


def _asked(read: _Read, process: psutil.Process) -> float | None:
    """Return what is read, or None where the system refuses or does not know it."""
    import psutil  # noqa: PLC0415 - see above

    try:
        return read(process)
    except psutil.NoSuchProcess:
        raise
    except (psutil.Error, AttributeError, NotImplementedError, OSError):
        return None


def _resident(process: psutil.Process) -> float:
    return float(process.memory_info().rss)


def _virtual(process: psutil.Process) -> float:
    return float(process.memory_info().vms)


def _open_files(process: psutil.Process) -> float:
    return float(process.num_fds())


def _most_open_files(process: psutil.Process) -> float | None:
    import psutil  # noqa: PLC0415 - see above

    soft = process.rlimit(psutil.RLIMIT_NOFILE)[0]
    return None if soft == psutil.RLIM_INFINITY else float(soft)


def _threads(process: psutil.Process) -> float:
    return float(process.num_threads())


def _started(process: psutil.Process) -> float:
    return process.create_time()


_QUANTITIES: Final[tuple[tuple[Metric, _Read, _Combine], ...]] = (
    (catalogue.PROCESS_RESIDENT_MEMORY, _resident, sum),
    (catalogue.PROCESS_VIRTUAL_MEMORY, _virtual, sum),
    (catalogue.PROCESS_OPEN_FDS, _open_files, sum),
    (catalogue.PROCESS_MAX_FDS, _most_open_files, sum),
    (catalogue.PROCESS_THREADS, _threads, sum),
    (catalogue.PROCESS_START_TIME, _started, min),
)
