"""What is over a sensible limit, and what is said of it."""

import pytest

from mlexporter.app.capacity.capacity import capacity
from mlexporter.app.capacity.judging import size_text
from mlexporter.app.capacity.load import Load
from mlexporter.catalogue import CATALOGUE
from mlexporter.exposition.label_values import LIMIT_BYTES


def said(**load):
    """Return the sentences about a load, by subject."""
    found = {}
    for remark in capacity(Load(**load)).remarks:
        found.setdefault(remark.subject, []).append(remark.sentence)
    return found


def test_a_small_load_gives_no_reason_to_speak():
    """One line, and no remark."""
    found = capacity(Load(features=20, pods=1))

    assert found.remarks == ()
    assert found.verdict.startswith("20 features x 1 pod: 2,283 series; Prometheus needs about ")


def test_many_series_come_with_what_each_way_out_saves():
    """Bins, a window and measures, with numbers; and what is left cannot be more than there was."""
    found = said(features=200, pods=20, measures="all")

    (sentence,) = found["prometheus"]
    assert "MLEXPORTER_SERIES_BUDGET=0 takes about 160,800 series and 942 MiB off" in sentence
    assert "MLEXPORTER_WINDOWS=1h,24h takes about" in sentence
    assert "MLEXPORTER_MEASURES=default takes about 84,000 series" in sentence
    less = capacity(Load(features=200, pods=20)).prometheus.series
    more = capacity(Load(features=200, pods=20, measures="all")).prometheus.series
    assert more - less == pytest.approx(84_000, rel=0.01)
    without = capacity(Load(features=200, pods=20, measures="all", series_budget=0)).prometheus.series
    assert more - without == 160_800


@pytest.mark.parametrize(
    ("load", "subject", "part"),
    [
        ({"features": 2000}, "pod", "series of one pod are more than 50,000"),
        ({"features": 300}, "bins", "leaves 2,040 of 12,040 out"),
        ({"features": 2000, "pods": 200}, "prometheus", "too many for one Prometheus"),
        ({"features": 2000, "pods": 200}, "rules", "Prometheus stops at 50,000,000"),
        ({"features": 200, "pods": 80}, "rules", "recording rules take about 37 s of each minute"),
        ({"features": 20_000}, "directory", "one of more than 64.0 MiB is not read"),
        ({"features": 2000, "workers": 200}, "directory", "of each pod's memory"),
        ({"features": 20_000, "scrape_interval": 1.0}, "processor", "of a core in each pod"),
    ],
)
def test_each_limit_is_told_with_a_way_out(load, subject, part):
    """The sentence has the number, the limit and what to do."""
    sentences = said(**load)[subject]

    assert any(part in sentence for sentence in sentences)
    words = ("MLEXPORTER_", "features", "several servers", "scrape less often")
    assert all(any(word in sentence for word in words) for sentence in sentences)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (5 * 2**30, "5.0 GiB"), (2600 * 2**30, "2,600 GiB")],
)
def test_sizes_are_for_people(number, text):
    """Binary units, no more digits than matter."""
    assert size_text(number) == text


def test_label_limits_hold_the_whole_catalogue():
    """With the labels that discovery adds, and the longest value that we write."""
    wanted = capacity(Load(features=1)).recommended

    assert max(len(metric.labels) for metric in CATALOGUE) + 8 <= wanted.label_limit
    assert max(len(name) for metric in CATALOGUE for name in metric.labels) < wanted.label_name_length_limit
    assert wanted.label_value_length_limit > LIMIT_BYTES


def test_more_of_anything_never_costs_less():
    """Series, bytes and memory rise with features, pods, workers, models, versions, windows and outputs."""
    few = capacity(Load(features=30))
    for more in (
        {"features": 40}, {"pods": 4}, {"workers": 9}, {"models": 2}, {"versions": 2}, {"outputs": 3}, {"bins": 25},
        {"windows": ("1h", "6h", "24h", "7d")}, {"measures": "all"}, {"fleet": True}, {"gpus": 2},
    ):  # fmt: skip
        many = capacity(Load(**{"features": 30, **more}))
        assert many.pod.series >= few.pod.series, more
        assert many.prometheus.memory_bytes >= few.prometheus.memory_bytes, more
        assert many.directory.total_bytes >= few.directory.total_bytes, more
        assert many != few, more
