import re

import pytest

from mlexporter.catalogue import CATALOGUE, MODEL_LABELS, Metric
from mlexporter.generate import metric_reference


def rows():
    """Return the cells of each row of the page, by name."""
    lines = metric_reference.metric_reference().splitlines()
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("| `")]
    return {row[0].strip().strip("`"): [cell.strip() for cell in row] for row in cells}


def test_every_metric_has_one_row():
    """The page and the catalogue list the same, each once."""
    page = metric_reference.metric_reference()
    assert set(rows()) == {metric.name for metric in CATALOGUE}
    assert all(page.count(f"| `{metric.name}` |") == 1 for metric in CATALOGUE)


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
def test_a_row_says_what_the_entry_says(metric):
    """Type, unit, labels, meaning and whether it is published by default."""
    _, kind, unit, labels, meaning, published = rows()[metric.name]
    assert kind == metric.kind
    assert unit == (metric.unit or "-")
    assert meaning.replace("\\|", "|") == metric.help
    assert published == ("by default" if metric.is_default else "all")
    for label in set(metric.labels) - set(MODEL_LABELS):
        assert f"`{label}`" in labels
    assert ("model labels" in labels) == (set(MODEL_LABELS) <= set(metric.labels))


def test_a_metric_of_a_new_kind_needs_a_section(monkeypatch):
    """It is not left out in silence."""
    stranger = Metric("gen_ai_tokens_total", "counter", "Tokens.", condition="fleet")
    monkeypatch.setattr(metric_reference, "CATALOGUE", (*CATALOGUE, stranger))
    with pytest.raises(LookupError, match="gen_ai_tokens_total"):
        metric_reference.metric_reference()
