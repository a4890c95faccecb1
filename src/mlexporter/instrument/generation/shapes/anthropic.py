"""Messages of Anthropic, whole and as the events of a stream.

https://docs.anthropic.com/en/api/messages and .../messages-streaming. The first event has the tokens that were
read, the last but one those that were written so far.
"""

from __future__ import annotations

from typing import Final

from mlexporter.instrument.generation.fields import field, is_filled, items, text, whole
from mlexporter.instrument.generation.outcome import Outcome
from mlexporter.instrument.generation.usage import read_usage

MESSAGE: Final = "message"
EVENTS: Final = frozenset({
    "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
    "message_stop", "ping", "error",
})  # fmt: skip
_TOOL: Final = "tool_use"
_REFUSAL: Final = "refusal"
_DELTAS: Final = ("text", "partial_json", "thinking")


def read_message(message: object, outcome: Outcome) -> bool:
    """Read a message, whole or as it is when its stream begins."""
    outcome.answered_by(field(message, "model"))
    read_usage(field(message, "usage"), outcome)
    _finish(field(message, "stop_reason"), outcome)
    parts = items(field(message, "content"))
    for place, part in enumerate(parts):
        if text(field(part, "type")) == _TOOL:
            outcome.ask_tool(0, place)
    return is_filled(field(message, "content"))


def read_event(event: object, kind: str, outcome: Outcome) -> bool:
    """Read an event; ``kind`` is its type, one of ``EVENTS``."""
    if kind == "content_block_delta":
        delta = field(event, "delta")
        return any(is_filled(field(delta, name)) for name in _DELTAS)
    if kind == "content_block_start":
        block = field(event, "content_block")
        if text(field(block, "type")) != _TOOL:
            return is_filled(field(block, "text"))
        outcome.ask_tool(0, whole(event, "index") or 0)
        return True
    if kind == "message_start":
        read_message(field(event, "message"), outcome)
    elif kind == "message_delta":
        read_usage(field(event, "usage"), outcome)
        _finish(field(field(event, "delta"), "stop_reason"), outcome)
    return False


def _finish(reason: object, outcome: Outcome) -> None:
    outcome.finish(reason)
    outcome.is_refusal |= text(reason) == _REFUSAL
