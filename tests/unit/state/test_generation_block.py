"""Generations in blocks of cells: in their buckets, told apart up to a limit, taken along, never torn by a fork."""

from __future__ import annotations

import dataclasses

import pytest

from mlexporter.catalogue import GENERATION_BOUNDS_SECONDS, TOKEN_BOUNDS
from mlexporter.records import ModelKey
from mlexporter.state import generation_block
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.generation import Generation, GenerationKind
from mlexporter.state.generation_block import GenerationBlocks, generation_counts
from mlexporter.state.layout import Layout
from mlexporter.state.slots import BlockKind, PrivateMemory, Slot
from mlexporter.state.slots.carrying import Leftovers
from mlexporter.state.snapshots import cells_of, together

KEY = ModelKey("bot", "1")
KIND = GenerationKind("chat", "openai", "gpt-4o", "gpt-4o-mini")
SECOND = 1_000_000_000


def new_slot():
    return Slot(PrivateMemory("private"))


class Bench:
    """The blocks of one model in one slot."""

    def __init__(self):
        self.counter = ExporterCounter()
        self.slot = new_slot()
        self.blocks = GenerationBlocks(KEY, self.counter)
        self.blocks.move(self.slot)

    @property
    def counts(self):
        """What a reader gets."""
        return generation_counts(cells_of(self.slot))


@pytest.fixture
def bench():
    return Bench()


def test_without_generations_there_is_no_block(bench):
    """A classical model has none, nor one that is moved."""
    bench.blocks.move(bench.slot)

    assert bench.slot.blocks() == ()
    assert bench.counts is None


def test_a_model_that_generates_begins_at_zero_in_every_slot(bench):
    """Also in one that it is moved to before it has generated anything."""
    bench.blocks.expect()
    slot = new_slot()
    bench.blocks.move(slot)

    for each in (bench.slot, slot):
        counts = generation_counts(cells_of(each))
        assert (counts.refusals, set(counts.finishes.values()), counts.series) == (0, {0}, ())


@pytest.mark.parametrize(
    ("tokens", "bucket"), [(0, 0), (1, 0), (2, 1), (4, 1), (5, 2), (67108864, 13), (67108865, 14)]
)
def test_tokens_fall_at_or_below_a_bound(bench, tokens, bucket):
    """As the text format has it."""
    bench.blocks.count(Generation(KIND, input_tokens=tokens))

    (series,) = bench.counts.series
    assert series.tokens["input"].buckets.tolist().index(1) == bucket
    assert (series.tokens["input"].total, series.tokens["input"].bounds) == (tokens, TOKEN_BOUNDS)
    assert not series.tokens["output"].buckets.any()


@pytest.mark.parametrize(
    ("nanoseconds", "bucket"), [(0, 0), (10_000_000, 0), (10_000_001, 1), (90 * SECOND, 14)]
)
def test_durations_fall_at_or_below_a_bound(bench, nanoseconds, bucket):
    """By the class of their exception."""
    bench.blocks.count(Generation(KIND, "ValueError", nanoseconds))

    (series,) = bench.counts.series
    (name, histogram), = series.durations.items()  # fmt: skip
    assert (name, histogram.bounds) == ("ValueError", GENERATION_BOUNDS_SECONDS)
    assert histogram.buckets.tolist().index(1) == bucket
    assert histogram.total == nanoseconds / SECOND


def test_what_is_one_too_many_is_other_and_counted(bench):
    """Kinds and classes of exceptions; nothing gets lost, and those that are known stay themselves."""
    limit = generation_block.KINDS_LIMIT
    for number in (*range(limit + 5), 0):
        kind = GenerationKind("chat", "openai", "q", f"model {number}")
        bench.blocks.count(Generation(kind, input_tokens=1, nanoseconds=1))

    by_model = {each.response_model: int(each.tokens["input"].buckets.sum()) for each in bench.counts.series}
    assert len(by_model) == limit + 1
    assert (by_model["model 0"], by_model["other"]) == (2, 5)
    assert bench.counter.counts().cardinality_overflow == 5
    other = next(each for each in bench.counts.series if each.response_model == "other")
    assert other.label_values == ("chat", "other", "other", "other")
    assert int(other.durations[""].buckets.sum()) == 5

    for number in range(generation_block.FAILURES_LIMIT + 2):
        kind = GenerationKind("chat", "openai", "q", "model 0")
        bench.blocks.count(Generation(kind, f"Error{number}", 1))
    series = next(each for each in bench.counts.series if each.response_model == "model 0")
    assert sum("Error" in name for name in series.durations) == generation_block.FAILURES_LIMIT
    assert series.durations["other"].buckets.sum() == 2

    for ending in ("abandoned", "cancelled"):  # no failures, which they would be taken for as other
        bench.blocks.count(Generation(GenerationKind("chat", "openai", "q", "model 0"), ending, 1))
    series = next(each for each in bench.counts.series if each.response_model == "model 0")
    assert {"abandoned", "cancelled"} < set(series.durations)
    assert series.durations["other"].buckets.sum() == 2


def test_a_currency_that_is_one_too_many_is_not_added_to_another(bench):
    """Amounts of different currencies never add up; the overflow says that one is missing."""
    for number in range(generation_block.CURRENCIES_LIMIT + 1):
        currency = f"{chr(65 + number)}AA"
        bench.blocks.count(Generation(KIND, currency=currency, cost=5 * SECOND))

    assert len(bench.counts.costs) == generation_block.CURRENCIES_LIMIT
    assert set(bench.counts.costs.values()) == {5.0}
    assert bench.counter.counts().cardinality_overflow == 1


def test_costs_lose_nothing_however_large_they_grow(bench):
    """Whole units and billionths stand in cells of their own."""
    for _ in range(5):
        bench.blocks.count(Generation(KIND, currency="IDR", cost=10**18 + 1))

    assert bench.counts.costs == {"IDR": 5_000_000_000.000000005}
    (cells,) = [each for each in cells_of(bench.slot) if each.description.about["parts"][0] == "costs"]
    assert cells.synchronous.tolist() == [5 * 10**9, 5]


def test_names_that_hold_the_signs_of_a_name_are_told_apart(bench):
    """Blocks are found by their name: no two kinds have the same."""
    for provider, model in (("a', 'b", ""), ("a", "b', '"), ("a\x1fb", ""), ("a", "b\x1f")):
        bench.blocks.count(Generation(GenerationKind("chat", provider, model), input_tokens=1))

    assert len({block.description.identity for block in bench.slot.blocks()}) == 5
    assert len(bench.counts.series) == 4


def test_long_and_broken_texts_are_cut(bench):
    """A label has 128 bytes at most, and is valid UTF-8."""
    bench.blocks.count(
        Generation(GenerationKind("chat", "x" * 1000, "\ud800", "\N{GRINNING FACE}" * 100), "E" * 500, 1)
    )

    (series,) = bench.counts.series
    for text in (*series.label_values, *series.durations):
        assert len(text.encode()) <= 128


def test_workers_add_up_cell_by_cell():
    """Whoever reads."""
    benches = [Bench() for _ in range(3)]
    for number, each in enumerate(benches, 1):
        each.blocks.count(
            Generation(KIND, input_tokens=number, finish_reasons=("stop",), currency="USD", cost=1)
        )
        each.blocks.rate("positive")

    counts = generation_counts(together([], (cells for each in benches for cells in cells_of(each.slot))))
    (series,) = counts.series
    assert (series.tokens["input"].total, counts.finishes["stop"], counts.feedback["positive"]) == (6.0, 3, 3)
    assert counts.costs == {"USD": 3e-09}


def test_what_was_counted_is_taken_along(bench):
    """As when a directory has room again."""
    bench.blocks.count(Generation(KIND, "", 3 * SECOND, 10, 20, tool_calls={"ok": 2}, is_refusal=True))
    leftovers = Leftovers(bench.slot.blocks(), with_past=True)
    before, slot = bench.counts, new_slot()
    leftovers.carry_over(slot)
    leftovers.carry_over(slot)

    after = generation_counts(cells_of(slot))
    assert after.tool_calls == before.tool_calls
    assert after.refusals == 1
    assert after.series[0].tokens["output"].total == 20.0
    assert after.series[0].durations[""].total == 3.0


def test_in_a_forked_child_the_parent_counts_what_was_under_way(bench):
    """The cells of the parent are let go of; nothing is raised."""
    bench.blocks.count(Generation(KIND, input_tokens=1))
    bench.slot.forget()

    bench.blocks.count(Generation(KIND, input_tokens=1))


def test_blocks_of_a_newer_version_are_left_out(bench):
    """It may count what this one does not know."""
    bench.blocks.count(Generation(KIND, input_tokens=1))
    cells = cells_of(bench.slot)
    about = {"parts": ["moods", "chat"]}
    newer = cells[0]._replace(description=cells[0].description._replace(about=about))

    assert generation_counts([*cells, newer]).series[0].tokens["input"].total == 1.0
    assert generation_counts([newer]) is None


def test_ends_of_two_versions_add_up_where_one_knows_more(bench):
    """Cells are read by the name of their group."""
    bench.blocks.count(Generation(KIND, finish_reasons=("stop",)))
    (ends,) = [each for each in cells_of(bench.slot) if each.description.about["parts"][0] == "ends"]
    groups = [(group.name, group.kind, group.length + 1) for group in ends.description.synchronous.groups]
    wider = Layout(groups)
    vector = wider.zeros()
    vector[wider.index("finish")] = 5
    newer = ends._replace(description=ends.description._replace(synchronous=wider), synchronous=vector)

    assert generation_counts([ends, newer]).finishes["stop"] == 6


def test_the_record_is_a_record(bench):
    """It can be compared by its fields, and its kind of block is told apart."""
    bench.blocks.rate("4")

    assert dataclasses.replace(bench.counts, refusals=3).refusals == 3
    assert {block.description.kind for block in bench.slot.blocks()} == {BlockKind.GENERATION}
    assert (bench.counts.feedback["4"], bench.counts.refusals, bench.counts.finishes) == (1, None, {})
