"""Points of OTLP as the samples that Prometheus makes of them, to be compared with those of a scrape."""

from __future__ import annotations

import math

WORDS = {"s": "seconds", "By": "bytes", "W": "watts", "1": "ratio"}
"""What Prometheus adds to a name that does not end in it; ``1`` for gauges only, and only they have it here."""


def samples_of_points(metrics):
    """Return name, labels and value of each series that metrics of the SDK become; ``le`` is a number."""
    found = {}
    for metric in metrics:
        name = translated(metric.name, metric.unit)
        for point in metric.data.data_points:
            labels = {key.replace(".", "_"): value for key, value in point.attributes.items()}
            if hasattr(point, "bucket_counts"):
                _add(found, f"{name}_count", labels, point.count)
                _add(found, f"{name}_sum", labels, point.sum)
                cumulative = 0
                for bound, n in zip((*point.explicit_bounds, math.inf), point.bucket_counts, strict=True):
                    cumulative += n
                    _add(found, f"{name}_bucket", labels | {"le": bound}, cumulative)
            else:
                _add(found, name, labels, point.value)
    return found


def translated(name, unit):
    """Return the name that Prometheus makes of one of OTLP, of a metric that is no counter with a dotted name."""
    plain, word = name.replace(".", "_"), WORDS.get(unit, "")
    ends = plain.removesuffix("_total").endswith(f"_{word}")
    return plain if not word or ends else f"{plain}_{word}"


def samples_of_families(families):
    """Return the same of families, as a scrape renders them."""
    found = {}
    for family in families:
        for sample in family.samples():
            labels = dict(sample.labels)
            if "le" in labels:
                labels["le"] = float(labels["le"])
            _add(found, sample.name, labels, sample.value)
    return found


def _add(found, name, labels, value):
    # An empty label is none for Prometheus, and no attribute where the conventions have a name.
    key = name, frozenset((label, text) for label, text in labels.items() if text != "")
    assert key not in found, f"twice: {key}"
    found[key] = value
