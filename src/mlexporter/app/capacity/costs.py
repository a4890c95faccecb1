"""``Capacity``: all that a load costs, and what to set, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mlexporter.app.capacity.load import Load


class PodCost(NamedTuple):
    """What one pod exposes.

    Attributes:
        groups: Series by what they speak of: ``service``, ``features``, ``drift``, ``bins``, ``resources``,
            ``exporter``.
        series: All of them, as long as nothing is wrong.
        largest_series: As many there are at most: two versions of each model in one pod, in a bad hour.
        bins_left_out: Series of single bins that the budget leaves out.
        text_bytes: Size of a scrape, not compressed.
        compressed_bytes: Size of a scrape on the wire.
        largest_text_bytes: Size of a scrape of ``largest_series``, with exemplars.
    """

    groups: Mapping[str, int]
    series: int
    largest_series: int
    bins_left_out: int
    text_bytes: int
    compressed_bytes: int
    largest_text_bytes: int


class PrometheusCost(NamedTuple):
    """What Prometheus needs for all pods.

    Attributes:
        series: Scraped series of all pods, those that Prometheus adds to each target included.
        recorded_series: Series that recording rules add.
        rollout_series: Both, while every pod has been replaced by a new one and the old ones are still in memory.
        samples_per_second: Scraped and recorded.
        memory_bytes: Memory for ``series`` and ``recorded_series``.
        rollout_memory_bytes: Memory for ``rollout_series``.
        disk_bytes: Disk for 15 days.
        rule_samples: Samples that the dearest rule reads each time.
        rule_seconds: Processor seconds that recording rules take each minute.
    """

    series: int
    recorded_series: int
    rollout_series: int
    samples_per_second: float
    memory_bytes: int
    rollout_memory_bytes: int
    disk_bytes: int
    rule_samples: int
    rule_seconds: float


class DirectoryCost(NamedTuple):
    """What the directory of counts of one pod holds, in bytes, once windows and blocks are full.

    Attributes:
        files: By kind of file: ``workers`` are those of all workers together, the others stand there once.
        total_bytes: All of them.
        largest_file_bytes: The largest one that is replaced as a whole.
        largest_bytes: As much there is at most: two versions of each model, dead workers, files being replaced.
    """

    files: Mapping[str, int]
    total_bytes: int
    largest_file_bytes: int
    largest_bytes: int


class ProcessCost(NamedTuple):
    """What processes of one pod need.

    Attributes:
        exporter_bytes: Resident memory of the process that evaluates and serves, the directory not counted.
        exporter_cores: Share of a processor that it takes on average.
        worker_bytes: Memory that each worker pays.
    """

    exporter_bytes: int
    exporter_cores: float
    worker_bytes: int


class Recommended(NamedTuple):
    """What to set, in the words of the chart.

    Attributes:
        sample_limit: Samples of a scrape; Prometheus refuses a larger one as a whole.
        body_size_limit: Bytes of a scrape, such as ``20MB``.
        label_limit: Labels of a series.
        label_name_length_limit: Bytes of the name of a label.
        label_value_length_limit: Bytes of the value of a label.
        size_limit: Of the volume of counts, such as ``16Mi``.
        cpu_request: Of the exporter, such as ``50m``.
        memory_request: Of the exporter, such as ``128Mi``.
        memory_limit: Of the exporter.
    """

    sample_limit: int
    body_size_limit: str
    label_limit: int
    label_name_length_limit: int
    label_value_length_limit: int
    size_limit: str
    cpu_request: str
    memory_request: str
    memory_limit: str


class Remark(NamedTuple):
    """Something over a sensible limit, and the way out."""

    subject: str
    sentence: str


class Capacity(NamedTuple):
    """All that a load costs.

    Attributes:
        load: The load.
        verdict: One sentence: what matters most.
        remarks: What is over a sensible limit; empty where nothing is.
    """

    load: Load
    pod: PodCost
    prometheus: PrometheusCost
    directory: DirectoryCost
    processes: ProcessCost
    recommended: Recommended
    verdict: str
    remarks: tuple[Remark, ...]
