"""What to set: limits with room for a rollout and a bad hour, in round numbers."""

from __future__ import annotations

import math
from typing import Final

from mlexporter.app.capacity.costs import DirectoryCost, PodCost, ProcessCost, Recommended
from mlexporter.catalogue import CATALOGUE
from mlexporter.exposition.label_values import LIMIT_BYTES

_ROOM: Final = 1.25
_MEBIBYTE: Final = 2**20
_LABELS_OF_A_TARGET: Final = 10
"""Labels that discovery and relabelling may add, such as namespace, pod and container; and ``__name__``."""
_LEAST_SIZE_MEBIBYTES: Final = 16
_LEAST_MILLICORES: Final = 20


def recommended(pod: PodCost, directory: DirectoryCost, processes: ProcessCost) -> Recommended:
    """Return what to set."""
    most_labels = max(len(metric.labels) + (metric.kind == "histogram") for metric in CATALOGUE)
    longest_name = max(len(label) for metric in CATALOGUE for label in metric.labels)
    # What a process writes into a volume in memory is memory of its container.
    written = directory.total_bytes - directory.files["workers"]
    memory = _sixteens((processes.exporter_bytes + written) * _ROOM / _MEBIBYTE)
    return Recommended(
        sample_limit=_rounded(pod.largest_series * _ROOM, digits=2),
        body_size_limit=f"{_rounded(max(pod.largest_text_bytes * _ROOM / _MEBIBYTE, 1), digits=1)}MB",
        label_limit=_rounded(most_labels + _LABELS_OF_A_TARGET, digits=1),
        label_name_length_limit=_rounded(2 * longest_name, digits=1),
        label_value_length_limit=_rounded(_ROOM * LIMIT_BYTES, digits=1),
        size_limit=f"{_power_of_two(max(directory.largest_bytes / _MEBIBYTE, _LEAST_SIZE_MEBIBYTES))}Mi",
        cpu_request=f"{_rounded(max(processes.exporter_cores * 1000 * 2, _LEAST_MILLICORES), digits=1)}m",
        memory_request=f"{memory}Mi",
        memory_limit=f"{2 * memory}Mi",
    )


def _rounded(number: float, *, digits: int) -> int:
    """Return the next number that has so many digits and then zeros."""
    step = int(10 ** max(0, math.floor(math.log10(number)) + 1 - digits))
    return math.ceil(number / step) * step


def _power_of_two(number: float) -> int:
    return int(2 ** math.ceil(math.log2(number)))


def _sixteens(number: float) -> int:
    return 16 * math.ceil(number / 16)
