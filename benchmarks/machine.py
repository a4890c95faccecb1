"""What the figures were measured on: a machine in words, without its name."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path


def describe() -> dict[str, str | int]:
    """Return the processor, its cores, the memory, the system and Python."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown"
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    flags = re.search(r"^flags\s*:\s*(.+)$", text, re.MULTILINE)
    vectors = [name for name in ("avx2", "avx512f") if flags and name in flags[1].split()]
    return " ".join([model[1] if model else platform.processor() or "unknown", *vectors])
