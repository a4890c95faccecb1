"""A scraper that asks every 100 ms while something else is measured."""

from __future__ import annotations

import threading
import urllib.request
from types import TracebackType
from typing import Final, Self

_EVERY_SECONDS: Final = 0.1


class Scraper:
    """Reads an address again and again from a thread, as a context.

    Attributes:
        n_scrapes: Answers so far.
    """

    def __init__(self, address: str) -> None:
        self.n_scrapes = 0
        self._address = address
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._stop.is_set():
            request = urllib.request.Request(self._address, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - a loopback address
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - a loopback address
                answer.read()
            self.n_scrapes += 1
            self._stop.wait(_EVERY_SECONDS)

    def __enter__(self) -> Self:
        """Start to scrape."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop after the scrape in progress."""
        self._stop.set()
        self._thread.join()
