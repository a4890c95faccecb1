"""Sums over parts, and the groups and the budget that they are put into."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from mlexporter.app.capacity.exposed import GROUPS, group_of
from mlexporter.app.capacity.load import Load
from mlexporter.app.capacity.model_sizes import model_sizes
from mlexporter.app.capacity.parts import Parts, sizes_of
from mlexporter.app.capacity.pod_cost import within_budget
from mlexporter.app.capacity.specimen import components_of, made_reference
from mlexporter.catalogue import CATALOGUE
from mlexporter.exposition.budget import choose_bins
from mlexporter.exposition.layout import layout_of
from mlexporter.exposition.model_part import ModelPart
from mlexporter.profile import Profile


def test_sizes_are_told_from_a_few_parts():
    """What grows evenly is told exactly, from models of eight parts and less."""
    asked = []

    def measure(parts):
        asked.append(parts)
        return {
            "bytes": 100.0 + 7 * parts.numbers + 5 * parts.categories + 3 * parts.outputs + parts.components
        }

    found = sizes_of(Parts(2000, 30, 4, 81), measure)

    assert found == {"bytes": pytest.approx(100 + 14_000 + 150 + 12 + 81)}
    assert max(map(sum, asked)) <= 11


@given(
    costs=some.lists(some.integers(1, 60), min_size=1, max_size=12),
    copies=some.integers(1, 3),
    budget=some.integers(0, 600),
)
def test_the_budget_is_that_of_the_exposition(costs, copies, budget):
    """The first subject that does not fit ends it, there and here."""
    reference = made_reference(Parts(len(costs), 0, 0, 0), 8)
    parts = []
    for place in range(copies):
        labels = ("m", str(place), "primary")
        layout = layout_of(labels, reference)
        layout.series_of_bins[False] = (np.array(costs), np.zeros(0, dtype=np.int64))
        parts.append(
            ModelPart(labels, None, reference, layout, None, None, "", np.zeros(len(costs), dtype=np.bool_))
        )
    selections, left_out = choose_bins(parts, budget)
    shown = sum(costs[place] for selection in selections for place in selection.features)

    found = within_budget([(copies, cost) for cost in costs], budget)

    assert found == (shown, left_out)


def test_every_metric_is_in_a_group():
    """Whatever is added to the catalogue is counted somewhere."""
    found = {group_of(metric) for metric in CATALOGUE}

    assert found == set(GROUPS)


def test_what_is_made_up_looks_like_what_is_learned():
    """A made profile has the cells, and nearly the length, of one that was learned from rows."""
    random = np.random.default_rng(5)
    rows = {f"feature_{place:08d}": random.normal(size=30_000) for place in range(12)}
    learned = Profile.fit(rows, model="m", version="1").reference

    made = made_reference(Parts(12, 0, 0, components_of(12)), 18)

    assert made.feature_offsets == learned.feature_offsets
    sides, known = (
        {name: place.stop - place.start for name, place in reference.side_places.items()}
        for reference in (made, learned)
    )
    assert sides == known
    lengths = [len(Profile(reference).to_json()) for reference in (made, learned)]
    assert lengths[1] / 1.3 <= lengths[0] <= 1.3 * lengths[1]


def test_more_bins_cost_two_series_and_two_banks_each():
    """A bin is exposed as it was counted and as training had it; a worker has it twice."""
    few, many = (model_sizes(Load(features=10, outputs=0, bins=bins)) for bins in (18, 28))

    assert sum(many.series.values()) - sum(few.series.values()) == 10 * 10 * 2
    assert many.files["worker"] - few.files["worker"] == 10 * 10 * 16
