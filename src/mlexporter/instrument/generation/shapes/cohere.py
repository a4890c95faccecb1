"""Chats of Cohere, by the second version of its API and by the first, whole and as events of a stream.

https://docs.cohere.com/reference/chat and .../chat-stream.
"""

from __future__ import annotations

from typing import Final

from mlexporter.instrument.generation.fields import field, is_filled, items, path, text, whole
from mlexporter.instrument.generation.outcome import Outcome
from mlexporter.instrument.generation.usage import read_usage

EVENTS: Final = frozenset({
    "message-start", "content-start", "content-delta", "content-end", "tool-plan-delta", "tool-call-start",
    "tool-call-delta", "tool-call-end", "citation-start", "citation-end", "message-end",
})  # fmt: skip


def read_chat(value: object, outcome: Outcome) -> bool:
    """Read an answer: with a ``message`` (second version), or with ``text`` and ``meta`` (first version)."""
    read_usage(field(value, "usage", "meta"), outcome)
    outcome.finish(field(value, "finish_reason"))
    message = field(value, "message")
    calls = items(field(value if message is None else message, "tool_calls"))
    for place in range(len(calls)):
        outcome.ask_tool(0, place)
    return bool(calls) or is_filled(field(value, "text")) or is_filled(field(message, "content"))


def read_event(event: object, kind: str, outcome: Outcome) -> bool:
    """Read an event of the second version; ``kind`` is its type, one of ``EVENTS``."""
    delta = field(event, "delta")
    if kind == "message-end":
        read_usage(field(delta, "usage"), outcome)
        outcome.finish(field(delta, "finish_reason"))
    if kind == "tool-call-start":
        outcome.ask_tool(0, whole(event, "index") or 0)
        return True
    if kind == "content-delta":
        content = path(delta, "message", "content")
        return is_filled(field(content, "text")) or is_filled(field(content, "thinking"))
    return kind in {"tool-call-delta", "tool-plan-delta"}


def read_first_event(event: object, outcome: Outcome) -> bool:
    """Read an event of the first version, which has ``event_type``."""
    response = field(event, "response")
    if response is not None:
        read_chat(response, outcome)
    return text(field(event, "event_type")) == "text-generation" and is_filled(field(event, "text"))
