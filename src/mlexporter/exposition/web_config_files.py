"""Reads the files that a web configuration consists of, and remembers which they were."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from mlexporter.configuration.files import Stamp, stamp_of
from mlexporter.errors import SettingError

LARGEST_BYTES: Final = 2**20
LARGEST_YAML_BYTES: Final = 2**17
"""Of the web configuration file itself: a second of reading in Python, and a thousand users."""


class ReadFiles:
    """The files of one reading.

    Args:
        path: The web configuration file; other files are named relative to it.

    Attributes:
        stamps: Each file that was looked at, with what tells that it is another one now. It was taken
            before the file was read, so that a change in between shows.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.stamps: dict[str, Stamp | None] = {}

    def own(self) -> bytes:
        """Return the content of the web configuration file itself; raises SettingError."""
        way_out = "correct MLEXPORTER_WEB_CONFIG (or --web-config), or write it"
        return self._content(self.path, self.path, way_out, LARGEST_YAML_BYTES)

    def named(self, name: str, where: str) -> bytes:
        """Return the content of a file that the key ``where`` names; raises SettingError."""
        if "-----BEGIN" in name or not name.isprintable():  # a key in the wrong place: it is not shown
            raise SettingError(
                f"{where}: the path of a file is needed, and not its content; write it to a file, and name that"
            )
        found = Path(self.path).parent / name
        return self._content(str(found), f"{where}: {found}", "correct the path, or write the file")

    def have_changed(self) -> bool:
        """Return whether any of them is another one now."""
        return any(stamp_of(path) != stamp for path, stamp in self.stamps.items())

    def _content(self, path: str, where: str, way_out: str, most: int = LARGEST_BYTES) -> bytes:
        self.stamps[path] = stamp_of(path)
        data = None
        try:
            if stat.S_ISREG(Path(path).stat().st_mode):  # else it is not opened: a pipe would wait
                with Path(path).open("rb") as file:
                    data = file.read(most + 1)
        except FileNotFoundError:
            raise SettingError(f"{where}: there is no such file; {way_out}") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise SettingError(
                f"{where}: it cannot be read ({reason}); give this user the right to read it"
            ) from None
        if data is None:
            raise SettingError(f"{where}: this is no file; name the file itself")
        if len(data) > most:
            raise SettingError(f"{where}: it is larger than {most:,} bytes; name the right file")
        return data
