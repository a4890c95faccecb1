"""``ReportBoard``: where the evaluator of a directory publishes and all its processes read."""

from __future__ import annotations

from typing import Final

from mlexporter.app.report_file import PublishedReport, published_from_bytes, published_to_bytes
from mlexporter.app.shared_files import SharedFiles, file_name
from mlexporter.records import ModelKey, Report
from mlexporter.state.envelope import FRONT_BYTES
from mlexporter.state.moment import Moment

_KIND: Final = "report"


class ReportBoard:
    """The newest publication about each model; what cannot be read is as good as none.

    Methods raise OSError or DirectoryError where the directory fails.

    Args:
        directory: What the processes share.
    """

    def __init__(self, directory: SharedFiles) -> None:
        self._directory = directory
        self._read: dict[ModelKey, tuple[bytes, PublishedReport]] = {}

    def publish(
        self, key: ModelKey, report: Report | None, moment: Moment, *, has_failed: bool = False
    ) -> PublishedReport:
        """Leave a report for all processes, with the next number; only the evaluator calls it."""
        before = self.read(key)
        generation = 1 if before is None else before.generation + 1
        published = PublishedReport(key, report, has_failed, generation, moment)
        self._directory.write_shared(file_name(_KIND, key), published_to_bytes(published))
        return published

    def read(self, key: ModelKey) -> PublishedReport | None:
        """Return what was published last about a model; None where there is nothing to be read."""
        data = self._directory.read_shared(file_name(_KIND, key))
        if data is None:
            return None
        front = data[:FRONT_BYTES]  # it holds the checksum of all the rest
        known = self._read.get(key)
        if known is not None and known[0] == front:
            return known[1]
        try:
            published = published_from_bytes(data)
        except ValueError:
            return None
        if published.key != key:
            return None
        self._read[key] = (front, published)
        return published
