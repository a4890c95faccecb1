"""What one pod needs beside its model: the directory of counts, the exporter, its share of each worker."""

from __future__ import annotations

from typing import Final

from mlexporter.app.capacity.costs import DirectoryCost, PodCost, ProcessCost
from mlexporter.app.capacity.kept import ONCE, WORKER, worker_bytes
from mlexporter.app.capacity.load import Load
from mlexporter.app.capacity.measured import (
    EVALUATION_SECONDS_OF_A_SCORE,
    EXPORTER_BYTES,
    EXPORTER_BYTES_OF_A_SERIES,
    EXPORTER_COPIES,
    IDLE_CORES,
    SCRAPE_SECONDS,
    SCRAPE_SECONDS_OF_A_SERIES,
    WORKER_BYTES,
    WORKER_BYTES_OF_A_CELL,
)
from mlexporter.app.capacity.model_sizes import ModelSizes
from mlexporter.app.capacity.pod_cost import VERSIONS_OF_A_ROLLOUT

_PAGE_BYTES: Final = 4096
"""A file takes whole pages of memory."""
_SMALL_FILES: Final = 6
_CELL_BYTES: Final = 16
"""A cell stands in two banks of a worker's file."""


def directory_cost(sizes: ModelSizes, load: Load) -> DirectoryCost:
    """Return what the directory of counts holds."""
    n_models = load.models * load.versions
    files = {"workers": load.workers * worker_bytes(n_models * sizes.files[WORKER])}
    files |= {name: round(n_models * sizes.files[name]) for name in ONCE if name in sizes.files}
    total = sum(files.values())
    of_one = [sizes.files[name] for name in ONCE if name in sizes.files]
    sums = max(files["base"], files["marks"])
    largest = max(round(max(of_one)), sums)
    n_files = load.workers + len(of_one) * n_models + _SMALL_FILES
    dead = load.workers * worker_bytes(n_models * sizes.files[WORKER])
    return DirectoryCost(
        files=files,
        total_bytes=total,
        largest_file_bytes=largest,
        largest_bytes=VERSIONS_OF_A_ROLLOUT * total + dead + largest + n_files * _PAGE_BYTES,
    )


def process_cost(sizes: ModelSizes, pod: PodCost, load: Load) -> ProcessCost:
    """Return what the processes of a pod need."""
    n_models = load.models * load.versions
    evaluating = pod.groups["drift"] * EVALUATION_SECONDS_OF_A_SCORE / load.evaluation_interval
    serving = (SCRAPE_SECONDS + pod.series * SCRAPE_SECONDS_OF_A_SERIES) / load.scrape_interval
    history = n_models * sum(sizes.files.get(name, 0.0) for name in ("windows", "blocks"))
    cells = n_models * sizes.files[WORKER] / _CELL_BYTES
    return ProcessCost(
        exporter_bytes=round(
            EXPORTER_BYTES + pod.series * EXPORTER_BYTES_OF_A_SERIES + EXPORTER_COPIES * history
        ),
        exporter_cores=round(IDLE_CORES + evaluating + serving, 4),
        worker_bytes=round(WORKER_BYTES + cells * WORKER_BYTES_OF_A_CELL),
    )
