"""Calls that raised, by class: one small block a class, so that workers' classes add up by name."""

from __future__ import annotations

import threading
from typing import Final

from mlexporter.records import ModelKey
from mlexporter.state.forking import survives_fork
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.ledger import add
from mlexporter.state.names import OTHER, clean_name
from mlexporter.state.slots import Block, BlockDescription, BlockKind, Slot

ERROR_NAMES_LIMIT: Final = 50
"""Classes of exceptions that one process tells apart; all later ones are ``other``."""

_SYNCHRONOUS: Final = Layout((("errors", CellKind.COUNT, 1),))


class ErrorBlocks:
    """Counts exceptions by class for one model; safe with threads.

    Args:
        slot: Where blocks are opened.
        key: The model.
    """

    def __init__(self, slot: Slot, key: ModelKey) -> None:
        self._slot = slot
        self._key = key
        self._blocks: dict[str, Block] = {}
        # Re-entrant: a finaliser may run in the middle and file a class itself.
        self._lock = survives_fork(threading.RLock())

    def count(self, name: str) -> bool:
        """Count one exception of class ``name``; True where it was filed under ``other``."""
        name = clean_name(name)
        block = self._blocks.get(name) or self._opened(name)
        add(block.cells, ((0, 1),))
        return block.description.name == OTHER and name != OTHER

    def _opened(self, name: str) -> Block:
        with self._lock:
            if name not in self._blocks and len(self._blocks) >= ERROR_NAMES_LIMIT:
                name = OTHER
            if name not in self._blocks:
                description = BlockDescription(BlockKind.ERROR, self._key, name, _SYNCHRONOUS, Layout(()))
                self._blocks[name] = self._slot.open_block(description)
            return self._blocks[name]
