"""The Responses API of OpenAI: whole responses, and the events of a stream.

https://platform.openai.com/docs/api-reference/responses and .../responses-streaming. The events at the end
hold the whole response, so that nothing but content is read of those before.
"""

from __future__ import annotations

from typing import Final

from mlexporter.instrument.generation.fields import field, is_filled, items, path, text
from mlexporter.instrument.generation.outcome import Outcome
from mlexporter.instrument.generation.usage import read_usage

EVENT_PREFIX: Final = "response."
_DELTA: Final = ".delta"
_TOOL_ENDING: Final = "_call"
_UNDER_WAY: Final = frozenset({"queued", "in_progress"})


def read_response(response: object, outcome: Outcome) -> bool:
    """Read a whole response, or one that has just begun."""
    outcome.answered_by(field(response, "model"))
    read_usage(field(response, "usage"), outcome)
    has_content = has_tools = False
    for place, part in enumerate(items(field(response, "output"))):
        kind = text(field(part, "type"))
        if kind.endswith(_TOOL_ENDING):
            has_tools = True
            outcome.ask_tool(0, place)
        has_content |= kind.endswith(_TOOL_ENDING) or bool(items(field(part, "content")))
        if any(text(field(each, "type")) == "refusal" for each in items(field(part, "content"))):
            outcome.is_refusal = True
    status = text(field(response, "status"))
    if status not in _UNDER_WAY:
        why = text(path(response, "incomplete_details", "reason"))
        outcome.finish("tool_calls" if has_tools and status == "completed" else why or status)
    return has_content


def read_event(event: object, outcome: Outcome) -> bool:
    """Read an event whose type begins with ``EVENT_PREFIX``."""
    kind = text(field(event, "type"))
    response = field(event, "response")
    if response is not None:
        read_response(response, outcome)
        return False
    if kind.startswith("response.refusal"):
        outcome.is_refusal = True
    return kind.endswith(_DELTA) and is_filled(field(event, "delta"))
