"""``/-/reload``: lets whoever may ask have the configuration read at once, as Prometheus does.

It is off unless it was asked for. It takes nothing from the request: it cannot be told what to read, and a
reading costs the same whether it changes something or not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from mlexporter.exposition.endpoints import Request, Response

RELOAD_PATH: Final = "/-/reload"
RELOAD_METHODS: Final = ("POST", "PUT")
PAUSE_SECONDS: Final = 1.0
"""Between two readings that are asked for over HTTP."""

_OFF: Final = (
    "reloading over HTTP is off; set MLEXPORTER_RELOAD_ENDPOINT=1, or send SIGHUP to `mlexporter serve`. "
    "Without either a changed file is read within evaluation_interval.\n"
)
_SOON: Final = "it was read less than {:g} s ago, or is being read; ask again\n"
_BROWSER: Final = "a page in a browser may not ask for this; ask with a program such as curl\n"


class Reloaded(NamedTuple):
    """How a reading went.

    Attributes:
        is_good: True where what was read holds; False where it is bad, so that what held before holds on; None
            where there is nothing to read.
        sentence: What was read and whom it reaches, or why not.
    """

    is_good: bool | None
    sentence: str


class ReloadEndpoint:
    """Answers requests to reload.

    Args:
        reload: Reads the configuration now; None where the endpoint is off.
        clock: Seconds that never go back.
    """

    def __init__(
        self, reload: Callable[[], Reloaded] | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._reload = reload
        self._clock = clock
        self._is_reading = False
        self._last: float | None = None

    def answer(self, request: Request) -> Response | Callable[[], Response]:
        """Return a refusal, or a function that reads and answers, which may take its time."""
        from mlexporter.exposition.endpoints import Response  # noqa: PLC0415 - which imports this file

        if self._reload is None:
            return Response(403, _OFF.encode())
        if "origin" in request.headers or "sec-fetch-site" in request.headers:
            return Response(403, _BROWSER.encode())
        # No lock: requests arrive on one event loop, and one reading too many would do no harm.
        now = self._clock()
        if self._is_reading or (self._last is not None and now - self._last < PAUSE_SECONDS):
            again = (("retry-after", f"{PAUSE_SECONDS:.0f}"),)
            return Response(429, _SOON.format(PAUSE_SECONDS).encode(), extra_headers=again)
        self._last = now  # whoever asked may be gone before the reading begins
        return self._read

    def _read(self) -> Response:
        from mlexporter.exposition.endpoints import Response  # noqa: PLC0415 - as above

        self._is_reading = True
        try:
            found = self._reload() if self._reload is not None else Reloaded(None, _OFF)
        finally:
            self._is_reading, self._last = False, self._clock()
        status = {True: 200, False: 500, None: 400}[found.is_good]
        return Response(status, f"{found.sentence}\n".encode(errors="replace"))
