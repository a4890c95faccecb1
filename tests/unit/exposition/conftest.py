"""Readers of an exposition that the tests of this folder share."""

import dataclasses
import math

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from mlexporter.exposition.families import collect
from mlexporter.exposition.text import render_openmetrics, render_text

NOW = 1_700_000_010.0


def _samples(families) -> dict[tuple[str, frozenset], float]:
    found: dict[tuple[str, frozenset], float] = {}
    for family in families:
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, f"twice: {key}"
            assert not math.isnan(sample.value)
            found[key] = float(sample.value)
    return found


@pytest.fixture
def now():
    """Return a moment ten seconds after the report of ``view``."""
    return NOW


@pytest.fixture
def scrape():
    """Return a function from a View to its samples, read by both parsers, which must agree."""

    def read(view, *, now=NOW, **options):
        families = collect(view, now=now, **options)
        text = _samples(parse_text(render_text(families).decode()))
        openmetrics = _samples(parse_openmetrics(render_openmetrics(families).decode()))
        assert text == openmetrics
        return text

    return read


@pytest.fixture
def values():
    """Return a function that gives the values of one metric by the values of some labels."""

    def select(samples, metric, *labels):
        return {
            tuple(dict(pairs)[label] for label in labels): value
            for (name, pairs), value in samples.items()
            if name == metric.name
        }

    return select


@pytest.fixture
def with_model(view):
    """Return a function that changes the profiled model of ``view``; the path is dotted."""

    def change(path, value):
        model = view.models[0]
        return dataclasses.replace(view, models=(_replaced(model, path.split("."), value), *view.models[1:]))

    return change


def _replaced(record, path, value):
    first, *rest = path
    inner = _replaced(getattr(record, first), rest, value) if rest else value
    return dataclasses.replace(record, **{first: inner})
