"""Finds the directories in which the kernel keeps the control groups of a process, version 1 and 2.

``/proc/PID/cgroup`` says which group a process is in, ``/proc/self/mountinfo`` where groups can be
seen, and from which group on: in a container a mount often begins at the container's own group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Literal

_OCTAL: Final = re.compile(r"\\([0-7]{3})")
_UNIFIED: Final = ""


@dataclass(frozen=True)
class ControlGroup:
    """A group and the groups around it, as far as they can be seen.

    Attributes:
        version: Which names the files have.
        levels: Directories, the group's own first, the widest last; some may not be readable.
    """

    version: Literal[1, 2]
    levels: tuple[Path, ...]


@dataclass(frozen=True)
class ControlGroups:
    """The groups of one process; None where it is in none that can be seen.

    Attributes:
        memory: That limits memory.
        cpu: That limits processor time.
        unified: Of version 2, the one that knows pressure, whichever version limits.
    """

    memory: ControlGroup | None = None
    cpu: ControlGroup | None = None
    unified: ControlGroup | None = None


@dataclass(frozen=True)
class _Mount:
    version: Literal[1, 2]
    controllers: frozenset[str]
    root: str
    point: str


def find_control_groups(pids: Sequence[int], proc: Path) -> ControlGroups:
    """Return the groups of the first of ``pids`` that lives; workers of one service share theirs.

    Args:
        pids: Processes, in the order in which they are asked.
        proc: Where the kernel's process files are.
    """
    told = (text for pid in pids if (text := read_file(proc / str(pid) / "cgroup")) is not None)
    mounts = read_file(proc / "self" / "mountinfo")
    membership = next(told, None)
    if membership is None or mounts is None:
        return ControlGroups()
    paths = _paths(membership)
    seen = list(_mounts(mounts))
    return ControlGroups(
        memory=_group("memory", paths, seen),
        cpu=_group("cpu", paths, seen),
        unified=_group(_UNIFIED, paths, seen),
    )


def read_file(path: Path) -> str | None:
    """Return the text of one of the kernel's files, or None where it is not there or not for us."""
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except (OSError, ValueError):
        return None


def _paths(membership: str) -> dict[str, str]:
    """Return controller to path of the group; version 2 has one path, under the empty name."""
    found: dict[str, str] = {}
    for line in membership.splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0":
            found[_UNIFIED] = path
        else:
            found.update(dict.fromkeys(filter(None, controllers.split(",")), path))
    return found


def _mounts(text: str) -> Iterator[_Mount]:
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")
        if len(fields) < 5 or len(kind) < 3 or kind[0] not in {"cgroup", "cgroup2"}:
            continue
        version: Literal[1, 2] = 2 if kind[0] == "cgroup2" else 1
        options = frozenset(kind[2].split(",")) if version == 1 else frozenset({_UNIFIED})
        yield _Mount(version, options, _unescaped(fields[3]), _unescaped(fields[4]))


def _unescaped(field: str) -> str:
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), field)


def _group(controller: str, paths: dict[str, str], mounts: Iterable[_Mount]) -> ControlGroup | None:
    """Return the group of a controller: of version 1 where it is attached there, else of version 2."""
    where = controller if controller in paths else _UNIFIED
    path = paths.get(where)
    if path is None:
        return None
    for mount in mounts:
        if where in mount.controllers:
            levels = _levels(path, mount)
            if levels:
                return ControlGroup(mount.version, levels)
    return None


def _levels(path: str, mount: _Mount) -> tuple[Path, ...]:
    """Return the directories from the group up to where the mount begins; none if it is not beneath."""
    group, root = PurePosixPath(path), PurePosixPath(mount.root)
    steps = group.relative_to(root).parts if group.is_relative_to(root) else ("..",)
    if ".." in steps:
        # A group outside our namespace, or a mount of another one: what is seen speaks of others.
        return ()
    point = Path(mount.point)
    return tuple(point.joinpath(*steps[:count]) for count in range(len(steps), -1, -1))
