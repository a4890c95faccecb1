"""Resource usage of this process, by psutil, under the names that client libraries use."""

from __future__ import annotations

from mlexporter import catalogue


def process_metrics() -> dict[str, float]:
    """Return catalogue name to value for this process; what the system refuses is absent."""
    import psutil  # noqa: PLC0415 - serving code that is never scraped must not pay for it

    process = psutil.Process()
    values: dict[str, float] = {}
    try:
        with process.oneshot():
            cpu = process.cpu_times()
            memory = process.memory_info()
            values[catalogue.PROCESS_CPU.name] = cpu.user + cpu.system
            values[catalogue.PROCESS_RESIDENT_MEMORY.name] = float(memory.rss)
            values[catalogue.PROCESS_VIRTUAL_MEMORY.name] = float(memory.vms)
            values[catalogue.PROCESS_START_TIME.name] = process.create_time()
            values[catalogue.PROCESS_OPEN_FDS.name] = float(process.num_fds())
            values[catalogue.PROCESS_MAX_FDS.name] = float(process.rlimit(psutil.RLIMIT_NOFILE)[0])
    except (psutil.Error, AttributeError, OSError):
        # Unknown is absent: another system, or a sandbox that hides /proc.
        return values
    return values
