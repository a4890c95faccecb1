import numpy as np
import pytest

from mlexporter.exposition.page.service import quantile_words, service_facts
from mlexporter.records import HistogramCounts


def histogram(*buckets, bounds=(0.1, 0.2, 0.4)):
    """Return a histogram with the given buckets."""
    return HistogramCounts(np.array(buckets, dtype=np.int64), 0.0, bounds)


@pytest.mark.parametrize(
    ("buckets", "probability", "text"),
    [
        ((0, 10, 0, 0), 0.5, "150 ms"),
        ((5, 5, 5, 5), 0.5, "200 ms"),
        ((5, 5, 10, 0), 0.75, "300 ms"),
        ((10, 0, 0, 0), 0.5, "under 100 ms"),
        ((0, 0, 0, 10), 0.5, "over 400 ms"),
        ((0, 0, 0, 0), 0.5, "–"),
    ],
)
def test_quantiles(buckets, probability, text):
    """A quantile is interpolated in its bucket, a bound where nothing is known, a dash without calls."""
    assert quantile_words({"ok": histogram(*buckets)}, probability).replace("\u00a0", " ") == text


def test_statuses_are_added_up():
    """Calls of every status count."""
    durations = {"ok": histogram(0, 10, 0, 0), "error": histogram(0, 0, 30, 0)}
    assert quantile_words(durations, 0.5).replace("\u00a0", " ") == "270 ms"


def test_histograms_of_different_bounds_are_not_added():
    """Buckets that do not fit their bounds give no number rather than a wrong one."""
    assert quantile_words({"ok": histogram(1, 2)}, 0.5) == "–"


def test_facts(make, words_of):
    """Calls by status, errors by class and dropped rows are told; what did not happen is left out."""
    service = make.service(
        accepted=12_345, requests={"ok": 12_000, "error": 3, "cancelled": 0}, errors={"ValueError": 3},
        dropped={"overload": 7}, schema_violations={"missing_feature": 2}, in_progress=4,
    )  # fmt: skip
    text = words_of(service_facts(service, now=make.NOW)).replace("\u00a0", " ")
    assert "12.3 k" in text
    assert "12 k ok, 3 error" in text
    assert "cancelled" not in text
    assert "3 ValueError" in text
    assert "7 overload" in text
    assert "2 missing feature" in text
    assert "last loaded 4 minutes ago" in text


def test_no_calls(make, words_of):
    """A service without calls has no latency."""
    assert "Latency, median–" in words_of(service_facts(make.service(), now=make.NOW))


def test_many_error_classes_are_cut(make, words_of):
    """Only the most frequent classes are named."""
    errors = {f"Error{index}": index + 1 for index in range(20)}
    text = words_of(service_facts(make.service(errors=errors), now=make.NOW)).replace("\u00a0", " ")
    assert "20 Error19" in text
    assert "Error3" not in text.replace("Error3x", "")
    assert "78 others" in text
