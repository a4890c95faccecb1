"""Damaged files are set aside under another name: nobody reads them again, a person can look at them."""

from __future__ import annotations

import contextlib
import time
from typing import Final

from mlexporter.state.slots.folder import Folder

ASIDE_PREFIX: Final = "aside-"
ASIDE_LIMIT: Final = 20
"""So many are kept; older ones are removed."""
_NAME_LIMIT: Final = 100


def set_aside(folder: Folder, name: str, reason: str) -> None:
    """Give a damaged file another name."""
    with contextlib.suppress(OSError):
        folder.rename(name, _aside_name(name, reason))


def keep_aside(folder: Folder, name: str, reason: str) -> None:
    """Give a damaged file a second name, so that the first one can be replaced in one step."""
    try:
        folder.link(name, _aside_name(name, reason))
    except OSError:  # no hard links here, or it is no file at all
        set_aside(folder, name, reason)


def prune_asides(folder: Folder, *, keep: int = ASIDE_LIMIT) -> None:
    """Remove all but the newest ``keep`` files that were set aside."""
    names = [name for name in folder.names() if name.startswith(ASIDE_PREFIX)]
    for name in names[: max(0, len(names) - keep)]:
        with contextlib.suppress(OSError):
            folder.remove(name)


def _aside_name(name: str, reason: str) -> str:
    return f"{ASIDE_PREFIX}{time.time_ns():020d}-{reason}-{name[:_NAME_LIMIT]}"
