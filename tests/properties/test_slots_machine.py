"""Whatever happens to slots, in whatever order, the sums are those of a plain dictionary."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)

from examples import examples
from mlexporter.records import ModelKey
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.slots import BlockDescription, BlockKind, Slot
from mlexporter.state.slots.directory import SlotDirectory
from mlexporter.state.slots.exemplar_cells import RECORD_CELLS, SampledCall, read_calls, write_call

SYNCHRONOUS = Layout(
    (
        ("plain", CellKind.COUNT, 1),
        ("accepted", CellKind.COUNT, 1),
        ("dropped", CellKind.COUNT, 1),
        ("lost", CellKind.COUNT, 1),
        ("entered", CellKind.LIVE, 1),
        ("newest", CellKind.NEWEST, 1),
        ("exemplars", CellKind.EXEMPLAR, 2 * RECORD_CELLS),
    )
)
BANKED = Layout((("bins", CellKind.COUNT, 700), ("drained", CellKind.COUNT, 1)))
NAMES = ("a", "b", "c")
NUMBERS = st.tuples(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1))
KINDS = {
    group.name: group.kind
    for each in (SYNCHRONOUS, BANKED)
    for group in each.groups
    if group.kind is not CellKind.EXEMPLAR
}


def description(name):
    return BlockDescription(BlockKind.PROFILE, ModelKey("m", "1"), name, SYNCHRONOUS, BANKED, {})


class Died(BaseException):
    """Stands for a kill in the middle of something."""


class Living:
    """A process: its slot, and what it has counted, as plain numbers."""

    def __init__(self, directory):
        self.memory = directory.open_memory()
        self.slot = Slot(self.memory)
        self.counted = {}
        self.exemplars = {}

    def block(self, name):
        """Open a block, now or before."""
        self.counted.setdefault(name, Counter())
        return self.slot.open_block(description(name))


class Slots(RuleBasedStateMachine):
    """The directory against ``self.dead`` and the ``counted`` of the living."""

    living = Bundle("living")

    def __init__(self):
        super().__init__()
        self.parent = Path(tempfile.mkdtemp())
        self.directory = SlotDirectory(self.parent / "shared")
        self.processes = []
        self.unfolded = []
        self.dead = {}
        self.published = {}
        self.answered = {}
        self.damaged = set()
        self.is_watched = True
        self.times = itertools.count(1)

    @initialize(is_watched=st.booleans())
    def begin(self, is_watched):
        """Somebody looks after every step, or only now and then: what is published lags behind."""
        self.is_watched = is_watched

    def teardown(self):
        """The last look; then nothing is left on the disk."""
        try:
            self.look()
        finally:
            for process in self.processes:
                process.memory.close()
            shutil.rmtree(self.parent)

    # --- what processes do ---------------------------------------------------------------------

    @rule(target=living)
    def start(self):
        """A process begins to count."""
        process = Living(self.directory)
        self.processes.append(process)
        return process

    @rule(process=living, name=st.sampled_from(NAMES))
    def open_block(self, process, name):
        """A model is met for the first time."""
        process.block(name)

    @rule(
        process=living,
        name=st.sampled_from(NAMES),
        rows=st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 14), st.integers(0, 2)),
        newest=st.integers(0, 99),
    )
    def count(self, process, name, rows, newest):
        """Count calls, drop some, drain some, and tell the time."""
        plain, accepted, drained, dropped = rows
        block, counted = process.block(name), process.counted[name]
        for group, number in (("plain", plain), ("accepted", accepted), ("entered", plain)):
            block.cells[SYNCHRONOUS.index(group)] += number
            counted[group] += number
        waiting = counted["plain"] + counted["accepted"] - counted["dropped"] - counted["drained"]
        dropped = min(dropped, waiting)
        drained = min(drained, waiting - dropped)
        block.cells[SYNCHRONOUS.index("dropped")] += dropped
        counted["dropped"] += dropped
        counted["newest"] = max(counted["newest"], newest)
        block.cells[SYNCHRONOUS.index("newest")] = counted["newest"]
        delta = BANKED.zeros()
        delta[-1] = delta[drained] = drained
        block.commit(delta)
        counted["drained"] += drained
        counted["bins"] += drained

    @rule(process=living, name=st.sampled_from(NAMES), place=st.integers(0, 1), numbers=NUMBERS)
    def exemplify(self, process, name, place, numbers):
        """A sampled call ends."""
        call = SampledCall(*numbers, 5, next(self.times))
        write_call(process.block(name).cells[SYNCHRONOUS["exemplars"]], place, call)
        process.exemplars[name, place] = call

    @rule(process=living, name=st.sampled_from(NAMES), place=st.integers(0, 1), n_cells=st.integers(1, 5))
    def tear(self, process, name, place, n_cells):
        """A process is stopped, or looked at, between the cells of a record."""
        start = SYNCHRONOUS.index("exemplars", place * RECORD_CELLS)
        for cell in range(start, start + n_cells):
            process.block(name).cells[cell] = 2**62 + 3**cell
        process.exemplars.pop((name, place), None)

    @rule(process=consumes(living), clean=st.booleans(), torn=st.booleans())
    def end(self, process, clean, torn):
        """A process ends: cleanly, killed, or killed in the middle of a commit."""
        if torn:
            for name in process.counted:
                block = process.block(name)
                block._banks[1 - (block._sequence[0] & 1)][:350] = 2**60
        if clean:
            process.slot.close()
        else:
            process.memory.forget()
        self.processes.remove(process)
        self.unfolded.append(process)

    # --- what happens to the directory ---------------------------------------------------------

    @rule(fresh=st.booleans())
    def fold(self, fresh):
        """By the one that always folds, or by a process that has just begun."""
        folder = SlotDirectory(self.directory.path) if fresh else self.directory
        assert folder.fold() == len(self.unfolded) or self.damaged
        self.settle()

    @rule(call=st.sampled_from(["rename", "unlink", "open"]), turn=st.integers(0, 3))
    def fold_and_die(self, call, turn):
        """The folder is killed before one of its steps; it is a process of its own."""
        original, turns = getattr(os, call), []

        def step(*args, **names):
            turns.append(1)
            if len(turns) > turn:
                raise Died
            return original(*args, **names)

        folder = SlotDirectory(self.directory.path)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, call, step)
            with contextlib.suppress(Died):
                folder.fold()
        base = self.directory._base.load()[0]
        if all(process.memory.name in base.folded or self.is_gone(process) for process in self.unfolded):
            self.settle()

    @rule()
    def fork_of_a_reader(self):
        """Another process reads, and what it publishes holds for all."""
        self.check(SlotDirectory(self.directory.path).read())

    @rule(
        place=st.integers(0, 63),
        how=st.sampled_from(["cut", "zeros", "noise", "remove"]),
        start=st.sampled_from([0, 8, 40, 64, 100]),
        length=st.integers(0, 400),
    )
    def damage(self, place, how, start, length):
        """From here on only this is promised: no error, and nothing falls, for the marks hold it."""
        # What is drawn may not depend on who is left: that hangs on the order of random names.
        slots = [*self.processes, *self.unfolded]
        process = slots[place % len(slots)] if slots else None
        path = self.directory.path / (process.memory.name if process else "none")
        if not path.exists():
            return
        self.damaged.add("slot")
        if how == "remove":
            path.unlink()
        elif how == "cut" and process in self.unfolded:
            os.truncate(path, length)
        else:
            n_bytes = max(0, path.stat().st_size - start)
            with path.open("r+b") as file:
                file.seek(start)
                file.write(bytes(n_bytes) if how == "zeros" else b"\xa5" * n_bytes)

    @rule(name=st.sampled_from(["base", "marks"]), length=st.integers(0, 200))
    def damage_sums(self, name, length):
        """One of the two files of sums is cut or overwritten."""
        path = self.directory.path / name
        if path.exists():
            self.damaged.add(name)
            path.write_bytes(path.read_bytes()[:length] + b"x")

    # --- what must hold ------------------------------------------------------------------------

    @rule()
    def look(self):
        """By the process that lives as long as the directory."""
        counts = self.directory.read()
        self.answered = assert_nothing_fell(self.answered, counts)
        self.check(counts)

    @invariant()
    def sums_are_right(self):
        """After every step, where somebody watches."""
        if self.is_watched:
            self.look()

    def check(self, counts):
        """Nothing fell; and the sums are those of the dictionary as long as nothing was damaged."""
        if "marks" in self.damaged and len(self.damaged) > 1:
            return  # what is gone twice is known to nobody but to those who have seen it
        self.published = assert_nothing_fell(self.published, counts)
        if not self.damaged:
            by_name = {identity[-2]: one for identity, one in self.published.items()}
            assert by_name == self.expected()
            assert exemplars(counts) == self.expected_exemplars()
            assert len(counts.workers) == len(self.processes)
            assert counts.set_aside == {}

    def expected(self):
        """Return the sums as a plain dictionary."""
        sums = {name: Counter(counted) for name, counted in self.dead.items()}
        for process in [*self.processes, *self.unfolded]:
            for name, counted in process.counted.items():
                total = sums.setdefault(name, Counter())
                newest = max(total["newest"], counted["newest"])
                total.update(counted)
                total["newest"] = newest
                if process in self.unfolded:
                    total["entered"] -= counted["entered"]
        return {name: {group: total[group] for group in KINDS} for name, total in sums.items()}

    def expected_exemplars(self):
        """Return the newest of each record over the living."""
        calls = [each for process in self.processes for each in process.exemplars.items()]
        return dict(sorted(calls, key=lambda each: each[1].unix_nanoseconds))

    def settle(self):
        """Take the dead into the sums: what waited is lost."""
        for process in self.unfolded:
            for name, counted in process.counted.items():
                total = self.dead.setdefault(name, Counter())
                newest = max(total["newest"], counted["newest"])
                total.update(counted)
                total["newest"] = newest
                total["entered"] = 0
                total["lost"] = total["plain"] + total["accepted"] - total["dropped"] - total["drained"]
        self.unfolded = []

    def is_gone(self, process):
        """Whether the slot was removed."""
        return not (self.directory.path / process.memory.name).exists()


def assert_nothing_fell(before, counts):
    """Return the sums of each block, none below those of ``before``."""
    found = {identity: values(block) for identity, block in counts.blocks.items()}
    for identity, sums in before.items():
        for group, kind in KINDS.items():
            assert kind is CellKind.LIVE or found[identity][group] >= sums[group], (identity, group)
    return found


def exemplars(counts):
    """Return what stands in whole records, by block and place."""
    return {
        (identity[-2], place): call
        for identity, block in counts.blocks.items()
        for place, call in read_calls(block.synchronous[SYNCHRONOUS["exemplars"]]).items()
    }


def values(block):
    """Return the sum of each group of a merged block; its vector may not be torn."""
    found = {
        group.name: int(block.synchronous[group.cells].sum())
        for group in SYNCHRONOUS.groups
        if group.name in KINDS
    }
    found |= {group.name: int(block.banked[group.cells].sum()) for group in BANKED.groups}
    assert np.all(block.banked >= 0)
    return found


TestSlots = Slots.TestCase
TestSlots.settings = settings(
    max_examples=examples(100), stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
