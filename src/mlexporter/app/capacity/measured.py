"""What cannot be counted and was measured; docs/explanation/capacity.md says how, and on what."""

from __future__ import annotations

from typing import Final

PROMETHEUS_BYTES_OF_A_SERIES: Final = 6 * 1024
"""Resident memory of a Prometheus for each series of its head: 5.0 to 5.7 KiB were seen."""
DISK_BYTES_OF_A_SAMPLE: Final = 2.5
"""Counters cost a byte, scores nearly eight, for they change in all their digits; 2.47 were seen, index included."""
RETENTION_SECONDS: Final = 15 * 86_400.0
"""What Prometheus keeps by default."""
RULE_SECONDS_OF_A_SAMPLE: Final = 0.9e-6
"""Processor time of Prometheus for a sample that a rule reads: 0.2 to 0.9 microseconds were seen."""
QUERY_SAMPLES_LIMIT: Final = 50_000_000
"""Samples that a query or a rule may hold: ``--query.max-samples`` of Prometheus as it comes."""

EXPORTER_BYTES: Final = 76 * 2**20
"""Resident memory of ``mlexporter serve`` beside a directory in which next to nothing is."""
EXPORTER_BYTES_OF_A_SERIES: Final = 1_700
"""Its prepared labels, its page, its profile, its report."""
EXPORTER_COPIES: Final = 2
"""Windows and blocks are in its memory, and once more while they are written."""
IDLE_CORES: Final = 0.005
"""Share of a core that it takes to look after the directory each second."""
EVALUATION_SECONDS_OF_A_SCORE: Final = 0.8e-6
SCRAPE_SECONDS: Final = 0.004
SCRAPE_SECONDS_OF_A_SERIES: Final = 0.7e-6
"""To render and to compress."""
WORKER_BYTES: Final = 10 * 2**20
"""What mlexporter adds to a process that has numpy."""
WORKER_BYTES_OF_A_CELL: Final = 170
"""Of a worker's file: its binners, its buffers, and the cell."""
