"""``Slot``: all blocks that one process writes, each opened when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Protocol

from mlexporter.state.forking import survives_fork
from mlexporter.state.slots.block import Block, cells_bytes
from mlexporter.state.slots.description import BlockDescription, Identity


class Memory(Protocol):
    """Where the cells of a slot are kept."""

    life: str
    """Names the life of the sums that these cells are part of; differences never cross it."""

    def allocate(self, description: BlockDescription) -> memoryview:
        """Return zeroed memory of ``cells_bytes(description)`` bytes, visible to every reader.

        Raises:
            OSError: there is no room for it.
        """

    def close(self) -> None:
        """Give the memory back: what is counted in it is complete. Safe to call twice."""

    def forget(self) -> None:
        """Let go of it in a forked child; the parent goes on."""


class PrivateMemory:
    """Memory of this process alone: its counts end with it."""

    def __init__(self, life: str) -> None:
        self.life = life

    def allocate(self, description: BlockDescription) -> memoryview:
        """Return zeroed memory."""
        return memoryview(bytearray(cells_bytes(description)))

    def close(self) -> None:
        """Do nothing: memory goes with its last user."""

    def forget(self) -> None:
        """Do nothing: a forked child has a copy of its own."""


class Slot:
    """The blocks of this process; safe with threads.

    Args:
        memory: Where cells are kept.
        on_full: Told where it has no room: such a block is kept in memory of this process alone,
            and nobody else sees its counts. Without it ``open_block`` raises.
    """

    def __init__(self, memory: Memory, *, on_full: Callable[[OSError], None] | None = None) -> None:
        self._memory = memory
        self._on_full = on_full
        self._blocks: dict[Identity, Block] = {}
        self._unshared: set[Identity] = set()
        self._lock = survives_fork(threading.RLock())

    @property
    def life(self) -> str:
        """Names the life of the sums that these counts are part of."""
        return self._memory.life

    def open_block(self, description: BlockDescription) -> Block:
        """Return the block of this identity; a new one begins at zero.

        Raises:
            OSError: there is no room for it.
        """
        identity = description.identity
        with self._lock:
            block = self._blocks.get(identity)
            if block is None:
                block = self._blocks[identity] = Block(description, self._allocate(description))
            return block

    def _allocate(self, description: BlockDescription) -> memoryview:
        try:
            return self._memory.allocate(description)
        except OSError as error:
            if self._on_full is None:
                raise
            self._on_full(error)
            self._unshared.add(description.identity)
            return PrivateMemory(self.life).allocate(description)

    def make_room(self, descriptions: Iterable[BlockDescription]) -> None:
        """Open these blocks, all of them where others see them.

        Raises:
            OSError: there is no room for it.
        """
        on_full, self._on_full = self._on_full, None
        try:
            for description in descriptions:
                self.open_block(description)
        finally:
            self._on_full = on_full

    def unshared(self) -> tuple[Block, ...]:
        """Return the blocks that stand in memory of this process alone."""
        with self._lock:
            is_private = isinstance(self._memory, PrivateMemory)
            return tuple(
                block for identity, block in self._blocks.items() if is_private or identity in self._unshared
            )

    @property
    def is_attached(self) -> bool:
        """False where readers cannot find it any more: it was set aside, or its directory removed."""
        is_attached: Callable[[], bool] = getattr(self._memory, "is_attached", lambda: True)
        return is_attached()

    def blocks(self) -> tuple[Block, ...]:
        """Return every block that was opened, in that order."""
        with self._lock:
            return tuple(self._blocks.values())

    def close(self) -> None:
        """Say that nothing more will be counted here."""
        self._memory.close()

    def forget(self) -> None:
        """Let go of everything in a forked child; a call that is under way there raises ValueError."""
        for block in self._blocks.values():
            block.release()
        self._memory.forget()
