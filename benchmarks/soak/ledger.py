"""What callers asked for and what was answered, kept apart from everything that is monitored."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Final, NamedTuple

Key = tuple[str, str, str]
"""Life of a directory of counts, model, version."""

STATUSES: Final = {"ok": "ok", "error": "error", "left": ""}
"""How a call can end for its caller: the status that must have been counted; who left does not know it."""


class Ticket(NamedTuple):
    """One call under way."""

    key: Key
    rows: int
    began: float


class Unanswered(NamedTuple):
    """A call whose end nobody heard of; in seconds of the monotonic clock."""

    key: Key
    rows: int
    began: float
    ended: float
    reason: str


@dataclass
class Account:
    """Sums of one key. ``left`` are the moments at which callers went away before the answer ended."""

    asked_calls: int = 0
    asked_rows: int = 0
    answered_rows: int = 0
    answered: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    left: list[tuple[float, int]] = field(default_factory=list)

    @property
    def answered_calls(self) -> int:
        """Calls that were answered, in whatever way."""
        return sum(self.answered.values())

    def copy(self) -> Account:
        """Return these sums as they are now."""
        return Account(
            self.asked_calls, self.asked_rows, self.answered_rows, dict(self.answered), list(self.left)
        )


class Ledger:
    """Accounts by key; callers write from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accounts: dict[Key, Account] = {}
        self._open: dict[int, Ticket] = {}
        self._number = 0
        self.unanswered: list[Unanswered] = []

    def ask(self, key: Key, rows: int) -> int:
        """Write down that a call is about to be made; return its number."""
        with self._lock:
            account = self._accounts.setdefault(key, Account())
            account.asked_calls += 1
            account.asked_rows += rows
            self._number += 1
            self._open[self._number] = Ticket(key, rows, time.monotonic())
            return self._number

    def answer(self, number: int, outcome: str) -> None:
        """Write down how a call ended: one of ``STATUSES``."""
        with self._lock:
            ticket = self._open.pop(number)
            account = self._accounts[ticket.key]
            account.answered[outcome] += 1
            account.answered_rows += ticket.rows
            if outcome == "left":
                account.left.append((time.monotonic(), ticket.rows))

    def lose(self, number: int, reason: str) -> None:
        """Write down that the answer will not come."""
        with self._lock:
            ticket = self._open.pop(number)
            self.unanswered.append(Unanswered(*ticket, time.monotonic(), reason))

    def withdraw(self, number: int) -> None:
        """Take a call back that never reached anybody: no connection was made."""
        with self._lock:
            ticket = self._open.pop(number)
            account = self._accounts[ticket.key]
            account.asked_calls -= 1
            account.asked_rows -= ticket.rows

    def accounts(self, life: str) -> dict[tuple[str, str], Account]:
        """Return copies of the accounts of one life: by model and version."""
        with self._lock:
            return {key[1:]: account.copy() for key, account in self._accounts.items() if key[0] == life}

    def in_progress(self, life: str) -> int:
        """Return how many calls are under way."""
        with self._lock:
            return sum(ticket.key[0] == life for ticket in self._open.values())

    def totals(self) -> dict[str, int]:
        """Return calls asked, answered and unanswered, and rows answered, over everything."""
        with self._lock:
            every = list(self._accounts.values())
            return {
                "asked": sum(each.asked_calls for each in every),
                "answered": sum(each.answered_calls for each in every),
                "unanswered": len(self.unanswered),
                "rows": sum(each.answered_rows for each in every),
            }
