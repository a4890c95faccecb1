"""What the demo prints: lines that stay, and below them one line of status where there is a terminal."""

from __future__ import annotations

import shutil
import threading
import time
from typing import Final, TextIO

_PLAIN_STATUS_SECONDS: Final = 10.0
_CLEAR: Final = "\r\x1b[2K"


class Console:
    """Prints from any thread; a status line is redrawn in place, or repeated now and then in plain output."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._status = ""
        self._next_plain = time.monotonic() + _PLAIN_STATUS_SECONDS
        # Reentrant: a signal can interrupt the main thread while it prints, and its handler's end prints too.
        self._lock = threading.RLock()

    def line(self, text: str = "") -> None:
        """Print one line that stays."""
        with self._lock:
            self._stream.write((_CLEAR if self._status else "") + text + "\n")
            self._draw()
            self._stream.flush()

    def status(self, text: str) -> None:
        """Show what is going on now; in plain output at most every ten seconds."""
        with self._lock:
            if self._is_terminal:
                self._status = text
                self._draw()
                self._stream.flush()
            elif time.monotonic() >= self._next_plain:
                self._next_plain = time.monotonic() + _PLAIN_STATUS_SECONDS
                self._stream.write(f"  {text}\n")
                self._stream.flush()

    def clear_status(self) -> None:
        """Take the status line away."""
        with self._lock:
            if self._status:
                self._stream.write(_CLEAR)
                self._stream.flush()
            self._status = ""

    def _draw(self) -> None:
        if self._status:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(_CLEAR + self._status[:width])
