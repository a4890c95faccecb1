"""Reads the configuration file."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Final, NamedTuple

from mlexporter.configuration.configuration import Configuration
from mlexporter.configuration.documents import inspect_document
from mlexporter.configuration.mistakes import Mistake, refusal
from mlexporter.configuration.places import located
from mlexporter.errors import SettingError

LARGEST_BYTES: Final = 2**20


class Stamp(NamedTuple):
    """What tells that a file is another one; links are followed, so that swapping one is seen."""

    device: int
    inode: int
    size: int
    modified_nanoseconds: int


def stamp_of(path: str) -> Stamp | None:
    """Return the stamp of a file, or None where there is none that can be looked at."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def read_configuration(path: str) -> Configuration:
    """Return what the file at ``path`` says.

    Raises:
        SettingError: it cannot be read, is no TOML, or says something impossible; names file, place, value
            and the way out.
    """
    found, mistakes = inspect_configuration(path)
    if mistakes:
        raise refusal(path, mistakes)
    return found


def inspect_configuration(path: str) -> tuple[Configuration, tuple[Mistake, ...]]:
    """Return what the file at ``path`` says but for what is wrong in it, and everything that is, with its lines.

    Raises:
        SettingError: it cannot be read, or is no TOML, so that nothing of it can be looked at.
    """
    text = configuration_text(path)
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise SettingError(
            f"{path}: its values lie too deep in each other; no key needs more than a table"
        ) from None
    except ValueError as error:  # of tomllib with line and column; or a number of thousands of digits
        raise SettingError(f"{path}: this is no TOML: {error}") from None
    found, mistakes = inspect_document(content, path)
    return found, located(mistakes, text) if mistakes else ()


def configuration_text(path: str) -> str:
    """Return the text of the file at ``path``.

    Raises:
        SettingError: it cannot be read, or is no UTF-8.
    """
    data = _content(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SettingError(
            f"{path}: line {line} is no UTF-8, which TOML is written in; save it as UTF-8"
        ) from None


def _content(path: str) -> bytes:
    try:
        mode = Path(path).stat().st_mode
        if not stat.S_ISREG(mode):  # it is not opened: a pipe would wait for somebody who writes
            data = None
        else:
            with Path(path).open("rb") as file:
                data = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise SettingError(
            f"{path}: there is no such file; correct MLEXPORTER_CONFIG (or --config), or write it"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingError(
            f"{path}: it cannot be read ({reason}); give this user the right to read it"
        ) from None
    if data is None:
        what = (
            "a directory; name the TOML file in it"
            if stat.S_ISDIR(mode)
            else "no file; name the TOML file itself"
        )
        raise SettingError(f"{path}: this is {what}")
    if len(data) > LARGEST_BYTES:
        raise SettingError(
            f"{path}: it is larger than {LARGEST_BYTES:,} bytes; name the TOML file, and no other"
        )
    return data
