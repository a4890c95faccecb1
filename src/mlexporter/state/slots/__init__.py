"""Counters in memory that several processes may share: blocks of cells, in one slot a process."""

from mlexporter.state.slots.block import Block
from mlexporter.state.slots.description import BlockDescription, BlockKind
from mlexporter.state.slots.slot import Memory, PrivateMemory, Slot

__all__ = ["Block", "BlockDescription", "BlockKind", "Memory", "PrivateMemory", "Slot"]
