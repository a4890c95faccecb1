"""``Ticket``: what a call carries from its begin to its end."""

from __future__ import annotations

from typing import NamedTuple

from mlexporter.instrument.capture import Captured
from mlexporter.instrument.plain_way import PlainWay


class Ticket(NamedTuple):
    """How a call was read, its rows, and when it began."""

    way: PlainWay
    captured: Captured | dict[str, object]
    started: int
