"""``Turns``: slow checks one after the other, in a thread of their own, each client in its turn."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

WAITING_PER_CLIENT: Final = 64
WAITING_AT_ALL: Final = 256


class Turns:
    """A queue for each client, taken from in turn; used from one event loop.

    One thread, so that passwords that are guessed take no more than one core from the model; and a turn for
    each client, so that an honest one waits for as many checks as there are others, not for their guesses.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="mlexporter-password")
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._is_busy = False

    async def take(self, client: str, check: Callable[[], bool]) -> bool | None:
        """Return what ``check`` says; None, at once, where too many wait already."""
        loop = asyncio.get_running_loop()
        if self._is_busy:
            queue = self._waiting.get(client, ())
            n_waiting = sum(map(len, self._waiting.values()))
            if len(queue) >= WAITING_PER_CLIENT or n_waiting >= WAITING_AT_ALL:
                return None
            await self._turn(loop.create_future(), client)
        self._is_busy = True
        try:
            return await loop.run_in_executor(self._executor, check)
        finally:
            self._pass_on()

    async def _turn(self, turn: asyncio.Future[None], client: str) -> None:
        self._waiting.setdefault(client, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Let the next client have its turn, and put it behind the others."""
        self._is_busy = False
        while self._waiting:
            client = next(iter(self._waiting))
            queue = self._waiting.pop(client)
            turn = queue.popleft()
            if queue:
                self._waiting[client] = queue
            if not turn.done():
                # Busy from now on: who comes before the waiter wakes up may not overtake it.
                self._is_busy = True
                turn.set_result(None)
                return
