"""``generate_content`` of Google's Gemini, whole and in chunks.

https://ai.google.dev/api/generate-content; the Python library has the same names in snake case.
"""

from __future__ import annotations

from mlexporter.instrument.generation.fields import field, has, is_filled, items, path, whole
from mlexporter.instrument.generation.outcome import Outcome
from mlexporter.instrument.generation.usage import read_usage


def read_content(value: object, outcome: Outcome) -> bool:
    """Read an answer or a chunk that has ``candidates``, or only usage or the reason of a refused prompt."""
    outcome.answered_by(field(value, "model_version", "modelVersion"))
    read_usage(field(value, "usage_metadata", "usageMetadata"), outcome)
    feedback = field(value, "prompt_feedback", "promptFeedback")
    if feedback is not None:
        blocked = field(feedback, "block_reason", "blockReason")
        if blocked is not None:
            outcome.finish("safety")
    has_content = False
    for position, candidate in enumerate(items(field(value, "candidates"))):
        index = whole(candidate, "index")
        place = position if index is None else index
        outcome.finish(field(candidate, "finish_reason", "finishReason"), place)
        for part in items(path(candidate, "content", "parts")):
            is_tool = has(part, "function_call") or has(part, "functionCall")
            if is_tool:
                outcome.ask_tool(place, outcome.tool_calls)  # each chunk has whole calls: each is another one
            has_content |= is_tool or is_filled(field(part, "text")) or has(part, "inline_data")
    return has_content
