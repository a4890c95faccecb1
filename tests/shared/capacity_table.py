"""The table of docs/explanation/capacity.md; run this file to write it anew."""

import re
from pathlib import Path

from mlexporter.app.capacity.capacity import capacity
from mlexporter.app.capacity.judging import size_text
from mlexporter.app.capacity.load import Load

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "capacity.md"
FEATURES, PODS = (20, 200, 2000), (1, 20, 200)
TABLE = re.compile(r"(?<=<!-- table -->\n\n).*?(?=\n\n<!-- end of table -->)", re.DOTALL)
_HEAD = (
    "features", "pods", "series of a pod", "a scrape, on the wire", "series", "Prometheus: memory, after a rollout",
    "disk, 15 days", "directory", "exporter", "`sample_limit`",
)  # fmt: skip


def table():
    """Return the table as it has to stand there."""
    rows = [_row(features, pods) for features in FEATURES for pods in PODS]
    return "\n".join(f"| {' | '.join(row)} |" for row in (_HEAD, ("---:",) * len(_HEAD), *rows))


def _row(features, pods):
    found = capacity(Load(features=features, pods=pods))
    prometheus = found.prometheus
    return (
        f"{features:,}",
        f"{pods:,}",
        f"{found.pod.series:,}",
        f"{size_text(found.pod.text_bytes)}, {size_text(found.pod.compressed_bytes)}",
        f"{prometheus.series:,}",
        f"{size_text(prometheus.memory_bytes)}, {size_text(prometheus.rollout_memory_bytes)}",
        size_text(prometheus.disk_bytes),
        size_text(found.directory.total_bytes),
        size_text(found.processes.exporter_bytes),
        f"{found.recommended.sample_limit}",
    )


if __name__ == "__main__":
    DOCUMENT.write_text(TABLE.sub(lambda _: table(), DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
