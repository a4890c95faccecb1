"""Real exporters that have served, to hold what is predicted against."""

import gzip
import time
from dataclasses import dataclass

import numpy as np

import mlexporter
from mlexporter.app.capacity.exposed import group_of
from mlexporter.catalogue import metric_named
from mlexporter.exposition.families import collect
from mlexporter.exposition.text import render_text

N_CATEGORIES = 20


@dataclass(frozen=True)
class Served:
    """What a real exporter exposed and kept.

    Attributes:
        series: By metric.
        text: One page.
        directory: Bytes by name of file.
    """

    series: dict
    text: bytes
    directory: dict

    @property
    def total(self):
        """All series."""
        return sum(self.series.values())

    @property
    def groups(self):
        """Series by what they speak of."""
        found = {}
        for name, count in self.series.items():
            group = group_of(metric_named(name))
            found[group] = found.get(group, 0) + count
        return found

    @property
    def compressed(self):
        """Bytes on the wire."""
        return len(gzip.compress(self.text, 1))


def table(n_rows, seed, *, numbers, categories=0, shift=0.0):
    """Return columns: numbers, categories with as many names as a profile keeps, and the score of a model."""
    random = np.random.default_rng(seed)
    columns = {f"feature_{place:08d}": random.normal(shift, 1.0, n_rows) for place in range(numbers)}
    names = np.array([f"category_name_{place:02d}" for place in range(N_CATEGORIES)])
    for place in range(numbers, numbers + categories):
        columns[f"feature_{place:08d}"] = names[random.integers(0, N_CATEGORIES, n_rows)]
    columns["output_000000000"] = random.random(n_rows)
    return columns


def fitted(columns, **options):
    """Return the profile of columns."""
    known = {"model": "model_with_a_name", "version": "2026-01-01", "prediction": "output_000000000"}
    return mlexporter.Profile.fit(columns, **{**known, **options})


def seen(exporter, folder):
    """Return what an exporter exposes and keeps now."""
    families = collect(exporter.view(), now=time.time())
    files = {path.name: path.stat().st_size for path in folder.iterdir()}
    return Served(
        {family.metric.name: family.sample_count for family in families}, render_text(families), files
    )
