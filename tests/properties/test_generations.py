"""Tokens, costs and times of generations are exact in any order, over any number of workers, living or dead."""

from __future__ import annotations

import tempfile
from collections import Counter
from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.catalogue import FINISH_REASONS, TOOL_CALL_STATUSES
from mlexporter.instrument.generation.fields import LARGEST_WHOLE
from mlexporter.instrument.generation.told import LARGEST_COST, LONGEST_SECONDS
from mlexporter.records import ModelKey
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.generation import Generation, GenerationKind
from mlexporter.state.generation_block import GenerationBlocks, generation_counts
from mlexporter.state.generation_cells import BILLION
from mlexporter.state.slots import Slot
from mlexporter.state.slots.directory import SlotDirectory

KEY = ModelKey("bot", "1")
NAMES = st.sampled_from(["", "a", "b\x1fc", "\x1f", 'odd "name"', "\N{GRINNING FACE}"])
NANOSECONDS = st.none() | st.integers(0, round(LONGEST_SECONDS) * BILLION)
TOKENS = st.none() | st.integers(0, LARGEST_WHOLE)
GENERATIONS = st.builds(
    Generation,
    st.builds(GenerationKind, st.sampled_from(["chat", "embeddings"]), NAMES, NAMES, NAMES),
    st.sampled_from(["", "TimeoutError", "abandoned"]),
    NANOSECONDS, TOKENS, TOKENS, NANOSECONDS, NANOSECONDS,
    st.lists(st.sampled_from(FINISH_REASONS), max_size=3).map(tuple),
    st.booleans(),
    st.dictionaries(st.sampled_from(TOOL_CALL_STATUSES), st.integers(0, 100)),
    st.sampled_from(["", "USD", "EUR"]),
    st.integers(0, LARGEST_COST * BILLION),
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(["count", "count", "kill", "fold"]), st.integers(0, 2), GENERATIONS),
    max_size=15,
)  # fmt: skip


class Worker:
    """A process with one model."""

    def __init__(self, directory):
        self.directory = directory
        self.blocks = GenerationBlocks(KEY, ExporterCounter())
        self.begin()

    def begin(self):
        """Count into a new slot."""
        self.memory = self.directory.open_memory()
        self.slot = Slot(self.memory)
        self.blocks.move(self.slot)

    def kill(self):
        """Die without a word, and begin anew."""
        self.memory.forget()
        self.begin()


def exact(generations):
    """Return what all of them add up to, in fractions."""
    sums = Counter()
    for each in generations:
        kind = tuple(each.kind)
        for name, value, parts in (
            ("input", each.input_tokens, 1), ("output", each.output_tokens, 1),
            ("first", each.first_token_nanoseconds, BILLION), ("per", each.per_token_nanoseconds, BILLION),
        ):  # fmt: skip
            if value is not None:
                sums[kind, name, "count"] += 1
                sums[kind, name] += Fraction(value, parts)
        if each.nanoseconds is not None:
            sums[kind, each.error_type, "count"] += 1
            sums[kind, each.error_type] += Fraction(each.nanoseconds, BILLION)
        sums["refusals"] += each.is_refusal
        sums.update(("finish", reason) for reason in each.finish_reasons)
        sums.update({("tools", status): n for status, n in each.tool_calls.items()})
        if each.currency:
            sums[each.currency] += Fraction(each.cost, BILLION)
    return {name: float(value) for name, value in sums.items() if value}


def shown(counts):
    """Return the same of a record."""
    sums = {}
    for series in counts.series if counts else ():
        histograms = {
            **series.tokens, **series.durations,
            "first": series.time_to_first_token, "per": series.time_per_output_token,
        }  # fmt: skip
        for name, histogram in histograms.items():
            sums[series.label_values, name, "count"] = float(histogram.buckets.sum())
            sums[series.label_values, name] = histogram.total
    if counts:
        sums |= {"refusals": counts.refusals or 0, **counts.costs}
        sums |= {("finish", reason): n for reason, n in counts.finishes.items()}
        sums |= {("tools", status): n for status, n in counts.tool_calls.items()}
    return {name: value for name, value in sums.items() if value}


def read(directory):
    """Return what all workers together have counted."""
    return generation_counts(directory.read().blocks.values())


@settings(max_examples=examples(25), deadline=None)
@given(STEPS)
def test_sums_are_exact_whoever_counts_and_dies(steps):
    """To the last token and the last billionth, as near as a float comes to it."""
    with tempfile.TemporaryDirectory() as folder:
        directory = SlotDirectory(Path(folder) / "shared")
        workers = [Worker(directory) for _ in range(3)]
        counted = []
        for step, place, generation in steps:
            worker = workers[place]
            if step == "count":
                worker.blocks.count(generation)
                counted.append(generation)
                assert shown(read(directory)) == exact(counted)
            elif step == "kill":
                worker.kill()
            elif step == "fold":
                directory.fold()
        for worker in workers:
            worker.kill()
        directory.fold()
        assert shown(read(directory)) == exact(counted)
