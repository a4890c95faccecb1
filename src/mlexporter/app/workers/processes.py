"""What the kernel's files say about processes; systems without such files say nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final, NamedTuple

_FORKED_WITHOUT_EXEC: Final = 0x40
"""``PF_FORKNOEXEC``: the process still runs what its parent ran when it forked."""

_STATE, _PARENT, _FLAGS, _START, _STACK = 0, 1, 6, 19, 25
_COMMAND_BYTES: Final = 4096
_DEAD_STATES: Final = frozenset("ZXx")


class Process(NamedTuple):
    """One process; whatever may not be read is empty or 0.

    Attributes:
        parent: Its parent now; another than at the start where that one has died.
        start: Start time in ticks since boot: with the number it names one process for good.
        flags: The kernel's flags, 0 where the kernel tells none.
        stack: Where its stack begins. Chance chooses that with each program start; a fork keeps it.
        program: Path of the program that it runs.
        command: The command line.
    """

    pid: int
    parent: int
    start: int
    flags: int = 0
    stack: int = 0
    program: str = ""
    command: tuple[str, ...] = ()

    @property
    def is_forked(self) -> bool:
        """True where it was forked and has started no other program since."""
        return bool(self.flags & _FORKED_WITHOUT_EXEC)


class Processes:
    """Reads ``/proc``.

    Args:
        root: Where the kernel's files are; tests give a folder of their own.
    """

    def __init__(self, root: Path = Path("/proc")) -> None:
        self._root = root

    def read(self, pid: int) -> Process | None:
        """Return what is known of a living process; None where there is none or it is hidden."""
        folder = self._root / str(pid)
        try:
            # The name stands in brackets and may hold anything, brackets and spaces too.
            words = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            if words[_STATE] in _DEAD_STATES:
                return None
            parent, flags, start, stack = (int(words[i]) for i in (_PARENT, _FLAGS, _START, _STACK))
        except (OSError, ValueError, IndexError):
            return None
        return Process(pid, parent, start, flags, stack, _program(folder), _command(folder))

    def is_alive(self, pid: int, start: int) -> bool:
        """Return whether that process lives, and no later one of its number."""
        found = self.read(pid)
        return found is not None and found.start == start

    def machine(self) -> str:
        """Return 8 hex digits for this boot of the machine and this namespace of process numbers."""
        parts = [_text(self._root / "sys/kernel/random/boot_id"), _link(self._root / "self/ns/pid")]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _program(folder: Path) -> str:
    return _link(folder / "exe").removesuffix(" (deleted)")


def _command(folder: Path) -> tuple[str, ...]:
    return tuple(part for part in _text(folder / "cmdline").split("\0") if part)


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_COMMAND_BYTES).decode("utf-8", "replace").strip()
    except OSError:
        return ""
