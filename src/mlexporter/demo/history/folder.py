"""The folder of a history: it appears when it is whole, and replaces nothing but one of its kind."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from mlexporter.errors import ConfigurationError

DEFAULT_FOLDER: Final = "mlexporter-history"
ABOUT: Final = "history.json"
"""The file that says what is in a folder; only a whole folder has it."""

DASHBOARDS: Final = "dashboards"
"""Name of the folder with dashboards that have the made faults as marks."""

_KIND: Final = "mlexporter history"


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds anything else.

    Raises:
        ConfigurationError: it is a file, or there is something in it that no history has written.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ConfigurationError(f"--out {folder}: it is a file; name a folder")
    if any(folder.iterdir()) and _about(folder).get("kind") != _KIND:
        raise ConfigurationError(
            f"--out {folder}: there is something else in it; name a new folder, an empty one, or one of an earlier "
            "--history, which is replaced"
        )


@contextlib.contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Within, a hidden folder beside ``folder`` is filled; it takes its place at the end, or is removed.

    Raises:
        OSError: the folder cannot be made.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    hidden = Path(tempfile.mkdtemp(prefix=f".{folder.name}-unfinished-", dir=folder.parent))
    try:
        yield hidden
        hidden.chmod(0o755)
        check_folder(folder)
        old = hidden.with_name(f"{hidden.name}-old")
        if folder.exists():
            folder.rename(old)
        try:
            hidden.rename(folder)
        except BaseException:  # Ctrl-C, too: what was there stays there
            if old.exists() and not folder.exists():
                old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def write_about(folder: Path, about: Mapping[str, Any]) -> None:
    """Write what is in a folder, its last file."""
    text = json.dumps({"kind": _KIND, **about}, indent=2, sort_keys=True)
    (folder / ABOUT).write_text(text + "\n", encoding="utf-8")


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _about(folder: Path) -> dict[str, Any]:
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}
