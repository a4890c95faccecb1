"""The Converse API of AWS Bedrock, whole and as the events of a stream; what its models tell at their end.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and .../ConverseStream.html.
"""

from __future__ import annotations

from typing import Final

from mlexporter.instrument.generation.fields import field, has, is_filled, items, path, whole
from mlexporter.instrument.generation.outcome import Outcome
from mlexporter.instrument.generation.usage import read_usage

EVENTS: Final = (
    "contentBlockDelta", "contentBlockStart", "contentBlockStop", "messageStart", "messageStop", "metadata",
)  # fmt: skip


def read_converse(value: object, outcome: Outcome) -> bool:
    """Read an answer that has ``output`` with a ``message``."""
    read_usage(field(value, "usage"), outcome)
    outcome.finish(field(value, "stopReason"))
    parts = items(path(value, "output", "message", "content"))
    for place, part in enumerate(parts):
        if has(part, "toolUse"):
            outcome.ask_tool(0, place)
    return bool(parts)


def read_event(value: object, outcome: Outcome) -> bool:
    """Read an event, which has one of ``EVENTS`` as its only key."""
    read_usage(path(value, "metadata", "usage"), outcome)
    outcome.finish(path(value, "messageStop", "stopReason"))
    begun = field(value, "contentBlockStart")
    if has(field(begun, "start"), "toolUse"):
        outcome.ask_tool(0, whole(begun, "contentBlockIndex") or 0)
        return True
    delta = path(value, "contentBlockDelta", "delta")
    return is_filled(field(delta, "text")) or has(delta, "toolUse") or has(delta, "reasoningContent")


def read_results(value: object, outcome: Outcome) -> bool:
    """Read an answer of Amazon's Titan, which has ``results``."""
    read_usage(value, outcome)
    has_content = False
    written = 0
    for place, result in enumerate(items(field(value, "results"))):
        written += whole(result, "tokenCount") or 0
        outcome.finish(field(result, "completionReason"), place)
        has_content |= is_filled(field(result, "outputText"))
    if written:
        outcome.output_tokens = written
    return has_content
