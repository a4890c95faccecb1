"""The plugin reads and computes what we write and compute: cases for both.

The cases are in files beside the TypeScript that computes the same. To write them again: run this file.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.population_stability_index import population_stability_index

PLUGIN = Path(__file__).parents[2] / "grafana/plugin/src/data/distributions"
CASES = PLUGIN / "psi_cases.json"
RANGES = PLUGIN / "range_cases.json"


def scattered(bins, modulus):
    """Return counts without a pattern, the same with every version of numpy."""
    return [(place * 7919 + 13) ** 2 % modulus for place in range(bins)]


def counted():
    """Return pairs of counts by name: edges of what can come, and plain ones."""
    return {
        "the same": ([10, 20, 30], [10, 20, 30]),
        "proportional, smoothed apart": ([10, 20, 30], [1000, 2000, 3000]),
        "one bin": ([500], [7]),
        "empty bins on both sides": ([0, 0, 90, 10], [0, 40, 0, 60]),
        "nothing on one side": ([5, 5], [0, 0]),
        "nothing on both sides": ([0, 0, 0], [0, 0, 0]),
        "everything moved": ([100000, 0], [0, 100000]),
        "far more reference": ([50000, 30000, 20000], [3, 1, 9]),
        "fractions of increase": ([100, 200, 300], [10.526315789473685, 33.333333333333336, 0.0078125]),
        **{
            f"scattered over {bins} bins": (scattered(bins, 1009), scattered(bins, 499))
            for bins in (2, 7, 20, 64)
        },
    }


def index_of(reference, current):
    """Return PSI as the exporter computes it."""
    comparison = Comparison(np.asarray([current]), np.asarray([reference]), is_ordered=True)
    return float(population_stability_index(comparison)[0])


def computed():
    """Return the content of the file."""
    return [
        {"name": name, "reference": reference, "current": current, "psi": index_of(reference, current)}
        for name, (reference, current) in counted().items()
    ]


def test_the_plugin_has_the_cases_that_we_compute():
    """Counts are the same, and the index to the last digits that two machines share."""
    committed = json.loads(CASES.read_text(encoding="utf-8"))
    ours = computed()

    assert [(case["name"], case["reference"], case["current"]) for case in committed] == [
        (case["name"], case["reference"], case["current"]) for case in ours
    ]
    assert [case["psi"] for case in committed] == pytest.approx(
        [case["psi"] for case in ours], rel=1e-12, abs=1e-12
    )


def just_below(value):
    """Return the lower edge of a bin that holds one value."""
    return float(np.nextafter(np.float32(value), np.float32(-np.inf)))


def distributions():
    """Return distributions by name, one for each form of a range."""
    edges = {
        "plain edges": (1.07, 1.46, 9.0),
        "no edge": (),
        "one edge": (-3.5,),
        "an atom at zero": (just_below(0), 0.0, 100.0),
        "whole numbers": tuple(edge for value in (1, 2, 3) for edge in (just_below(value), float(value))),
        "exponents of both signs": (-2.5e6, -1e-5, 3.25e-7, 1e20),
        "more edges than two digits count": tuple(float(edge) for edge in range(120)),
    }
    numeric = {
        name: Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=each) for name, each in edges.items()
    }
    names = ("AA", "≤ 5", "1 – 2", "missing", "other", "any", "")
    return {
        **numeric,
        "names that look like ranges": Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=names),
        "hidden names": Distribution(
            Kind.CATEGORICAL, TrainingType.TEXT, categories=names, expose_names=False
        ),
    }


def range_cases():
    """Return the labels that the exporter gives to the bins, and the edges behind them; null for categories."""
    return [
        {
            "name": name,
            "edges": list(each.edges) if each.kind is Kind.NUMERIC else None,
            "labels": [
                {"bin": label, "range": text}
                for label, text in zip(each.bin_labels, each.bin_ranges, strict=True)
            ],
        }
        for name, each in distributions().items()
    ]


def test_the_plugin_has_the_ranges_that_we_write():
    """Every form of a range, as the exporter writes it now."""
    assert json.loads(RANGES.read_text(encoding="utf-8")) == range_cases()


def write(path, cases):
    """Write cases, one a line."""
    lines = ",\n  ".join(json.dumps(case, ensure_ascii=False) for case in cases)
    path.write_text(f"[\n  {lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    write(CASES, computed())
    write(RANGES, range_cases())
