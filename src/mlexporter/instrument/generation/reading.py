"""Tells by its fields of which shape an answer is, and has it read."""

from __future__ import annotations

from typing import Any, Final

from mlexporter.instrument.generation.fields import (
    field,
    has,
    is_filled,
    items,
    length,
    only_key,
    path,
    text,
)
from mlexporter.instrument.generation.outcome import Outcome
from mlexporter.instrument.generation.shapes import (
    anthropic,
    bedrock,
    cohere,
    engines,
    google,
    openai_chat,
    openai_responses,
)
from mlexporter.instrument.generation.usage import read_usage

_PLAIN: Final = (str, bytes, bytearray, int, float, type(None))
_CONTENT: Final = ("text", "content", "delta", "answer")
"""Where content stands in answers of one's own that have a usage."""


def read_answer(value: Any, outcome: Outcome) -> None:
    """Take into ``outcome`` what a whole answer tells; the only answer of a list counts as such."""
    _read(items(value)[0] if length(value) == 1 else value, outcome, is_piece=False)


def read_piece(value: Any, outcome: Outcome) -> bool:
    """Take what a piece of a stream tells.

    Returns:
        Whether there is content in it. A piece of no known shape is content unless it is empty.
    """
    kind = type(value)
    if value is None or issubclass(kind, str | bytes):
        return is_filled(value)
    found = _read(value, outcome, is_piece=True)
    if found is not None:
        return found
    return dict.__len__(value) > 0 if issubclass(kind, dict) else length(value) != 0


def _read(value: Any, outcome: Outcome, *, is_piece: bool) -> bool | None:
    """Return whether there is content, None where the shape is not known."""
    if issubclass(type(value), _PLAIN):
        return None
    if has(value, "choices"):
        return openai_chat.read_completion(value, outcome)
    if has(value, "prompt_token_ids", "outputs"):
        return engines.read_request_output(value, outcome, is_piece=is_piece)
    for read in (_read_typed, _read_first_cohere, _read_google, _read_bedrock, _read_others, _read_usage):
        found = read(value, outcome)
        if found is not None:
            return found
    return None


def _read_typed(value: Any, outcome: Outcome) -> bool | None:
    """Read what says of itself what it is."""
    kind = text(field(value, "type"))
    if kind.startswith(openai_responses.EVENT_PREFIX):
        return openai_responses.read_event(value, outcome)
    if kind in anthropic.EVENTS:
        return anthropic.read_event(value, kind, outcome)
    if kind == anthropic.MESSAGE and has(value, "content"):
        return anthropic.read_message(value, outcome)
    if kind in cohere.EVENTS:
        return cohere.read_event(value, kind, outcome)
    if text(field(value, "object")) == "response" and has(value, "status"):
        return openai_responses.read_response(value, outcome)
    return None


def _read_first_cohere(value: Any, outcome: Outcome) -> bool | None:
    return cohere.read_first_event(value, outcome) if has(value, "event_type") else None


def _read_google(value: Any, outcome: Outcome) -> bool | None:
    counted = (
        path(value, "usage_metadata", "prompt_token_count"),
        path(value, "usageMetadata", "promptTokenCount"),
    )
    is_google = has(value, "candidates") or any(each is not None for each in counted)
    return google.read_content(value, outcome) if is_google else None


def _read_bedrock(value: Any, outcome: Outcome) -> bool | None:
    if path(value, "output", "message") is not None:
        return bedrock.read_converse(value, outcome)
    if only_key(value) in bedrock.EVENTS:
        return bedrock.read_event(value, outcome)
    return bedrock.read_results(value, outcome) if has(value, "results", "inputTextTokenCount") else None


def _read_others(value: Any, outcome: Outcome) -> bool | None:
    if has(value, "finish_reason") and (has(value, "message", "usage") or has(value, "text", "meta")):
        return cohere.read_chat(value, outcome)
    if has(value, "details", "generated_text") or path(value, "token", "text") is not None:
        return engines.read_text_generation(value, outcome)
    return engines.read_ollama(value, outcome) if has(value, "done", "model") else None


def _read_usage(value: Any, outcome: Outcome) -> bool | None:
    """Read what has a usage, whatever it is otherwise."""
    if not read_usage(field(value, "usage", "meta", "amazon-bedrock-invocationMetrics"), outcome):
        return None
    outcome.answered_by(field(value, "model"))
    outcome.finish(field(value, "finish_reason", "stop_reason"))
    return any(is_filled(field(value, name)) for name in _CONTENT)
