"""One scrape of an exporter, and what it says about calls and rows."""

from __future__ import annotations

import http.client
import re
from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric

_SAMPLE: Final = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]+)")
_LABEL: Final = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_SECONDS: Final = 10.0

Sample = tuple[str, tuple[tuple[str, str], ...]]


class Scrape:
    """Samples by name and labels, and those among them that may only grow."""

    def __init__(self, text: str) -> None:
        self.samples: dict[Sample, float] = {}
        self.growing: dict[Sample, float] = {}
        kinds: dict[str, str] = {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, family, kind = line.split(" ")
                kinds[family] = kind
            elif found := _SAMPLE.fullmatch(line):
                name, labels, value = found.groups()
                key = name, tuple(sorted(_LABEL.findall(labels or "")))
                self.samples[key] = float(value)
                family = re.sub(r"_(bucket|sum|count)$", "", name)
                if kinds.get(name) == "counter" or kinds.get(family) == "histogram":
                    self.growing[key] = float(value)

    def total(self, metric: Metric, **labels: str) -> float:
        """Return the sum of the samples of a metric that have these labels; 0 where there is none."""
        wanted = set(labels.items())
        return sum(
            value
            for (name, found), value in self.samples.items()
            if name == metric.name and wanted <= set(found)
        )

    def by(self, metric: Metric, label: str, **labels: str) -> dict[str, int]:
        """Return sums of a metric by the values of a label."""
        sums: dict[str, int] = {}
        wanted = set(labels.items())
        for (name, found), value in self.samples.items():
            if name == metric.name and wanted <= set(found):
                sums[dict(found)[label]] = sums.get(dict(found)[label], 0) + int(value)
        return sums

    def degraded(self) -> list[str]:
        """Return the reasons that are told."""
        return sorted(reason for reason, value in self.by(catalogue.DEGRADED, "reason").items() if value)


def get(port: int, path: str) -> bytes | None:
    """Return what a loopback port answers with 200, or None."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return body if response.status == http.client.OK else None


def scrape(port: int) -> Scrape | None:
    """Return a scrape of an exporter, or None where it does not answer."""
    body = get(port, "/metrics")
    return None if body is None else Scrape(body.decode())
