"""Descriptions of blocks, and directories with slots in them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from mlexporter.records import ModelKey
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.slots import Block, BlockDescription, BlockKind, Slot
from mlexporter.state.slots.directory import SlotDirectory

SYNCHRONOUS = Layout(
    (
        ("plain", CellKind.COUNT, 1),
        ("accepted", CellKind.COUNT, 1),
        ("dropped", CellKind.COUNT, 2),
        ("lost", CellKind.COUNT, 1),
        ("entered", CellKind.LIVE, 1),
        ("loaded", CellKind.NEWEST, 1),
    )
)
BANKED = Layout(
    (("bins", CellKind.COUNT, 3), ("nanoseconds", CellKind.AMOUNT, 1), ("drained", CellKind.COUNT, 1))
)


def describe(name="", *, opened=1, banked=BANKED):
    """Return the description of a block with a ledger."""
    key = ModelKey("m", "1")
    about = {"opened_nanoseconds": opened, "who": f"opened {opened}"}
    return BlockDescription(BlockKind.PROFILE, key, name, SYNCHRONOUS, banked, about)


class Worker:
    """A slot with one block; ``rows`` are accepted, ``drained`` of them are in bins."""

    def __init__(self, directory, description=None):
        self.memory = directory.open_memory()
        self.slot = Slot(self.memory)
        self.description = description or describe()
        self.block: Block = self.slot.open_block(self.description)

    def count(self, rows, drained=0, *, loaded=0):
        """Count rows and drain some."""
        for _ in range(rows):
            self.block.cells[0] += 1
        self.block.cells[5] += 1
        self.block.cells[6] = loaded
        if drained:
            self.block.commit(np.array([drained, 0, 0, 10 * drained, drained], dtype=np.int64))

    def kill(self):
        """Die without a word: what the kernel does to the lock."""
        self.memory.forget()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "shared"


@pytest.fixture
def directory(path):
    return SlotDirectory(path)


@pytest.fixture
def make(directory):
    """What tests need to fill a directory."""
    return SimpleNamespace(
        worker=lambda *args: Worker(directory, *args),
        describe=describe,
        total=lambda name="", whose=directory: total(whose, name),
        slots=lambda: sorted(each for each in directory.path.iterdir() if each.name.startswith("slot-")),
        BANKED=BANKED,
        SYNCHRONOUS=SYNCHRONOUS,
    )


def total(directory, name=""):
    """Return what a directory has counted in the block ``name``, by group."""
    block = directory.read().blocks[describe(name).identity]
    found = {group.name: int(block.synchronous[group.cells].sum()) for group in SYNCHRONOUS.groups}
    found |= {group.name: int(block.banked[group.cells].sum()) for group in BANKED.groups}
    return SimpleNamespace(**found, n_workers=block.n_workers, who=block.description.about["who"])
