"""Tells by its fields of which shape an answer is, and has it read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

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


_Reader: TypeAlias = Callable[[Any, Outcome], bool | None]
"""Reads what it recognises; returns whether there is content in it, None where it is of another shape."""


def read_answer(value: Any, outcome: Outcome) -> bool:
    """Take into ``outcome`` what a whole answer tells; the only answer of a list counts as such.

    Returns:
        Whether its shape is known.
    """
    return _read(items(value)[0] if length(value) == 1 else value, outcome, _WHOLE) is not None


def read_end(value: Any, outcome: Outcome) -> bool:
    """Take what a call has returned, which may be told, or yielded, a second time.

    Returns:
        Whether its shape is known.
    """
    before = outcome.forget_tools()
    is_known = read_answer(value, outcome)
    outcome.know_tools(before)
    return is_known


def read_piece(value: Any, outcome: Outcome) -> bool:
    """Take what a piece of a stream tells.

    Returns:
        Whether there is content in it. A piece of no known shape is content unless it is empty.
    """
    kind = type(value)
    if value is None or issubclass(kind, str | bytes):
        return is_filled(value)
    found = _read(value, outcome, _PIECES)
    if found is not None:
        return found
    return dict.__len__(value) > 0 if issubclass(kind, dict) else length(value) != 0


def _read(value: Any, outcome: Outcome, readers: Sequence[_Reader]) -> bool | None:
    """Return whether there is content, None where the shape is not known."""
    if issubclass(type(value), _PLAIN):
        return None
    before = outcome.reader  # the pieces of a stream are of one shape
    if before is not None:
        found = before(value, outcome)
        if found is not None:
            return found
    for read in readers:
        found = None if read is before else read(value, outcome)
        if found is not None:
            outcome.reader = read if read in _SURE else None
            return found
    return None


def _read_choices(value: Any, outcome: Outcome) -> bool | None:
    return openai_chat.read_completion(value, outcome) if has(value, "choices") else None


def _read_engine_piece(value: Any, outcome: Outcome) -> bool | None:
    if not has(value, "prompt_token_ids", "outputs"):
        return None
    return engines.read_request_output(value, outcome, is_piece=True)


def _read_engine_whole(value: Any, outcome: Outcome) -> bool | None:
    if not has(value, "prompt_token_ids", "outputs"):
        return None
    return engines.read_request_output(value, outcome, is_piece=False)


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


def _read_cohere(value: Any, outcome: Outcome) -> bool | None:
    is_known = has(value, "finish_reason") and (has(value, "message", "usage") or has(value, "text", "meta"))
    return cohere.read_chat(value, outcome) if is_known else None


def _read_text_generation(value: Any, outcome: Outcome) -> bool | None:
    is_known = has(value, "details", "generated_text") or path(value, "token", "text") is not None
    return engines.read_text_generation(value, outcome) if is_known else None


def _read_ollama(value: Any, outcome: Outcome) -> bool | None:
    return engines.read_ollama(value, outcome) if has(value, "done", "model") else None


def _read_usage(value: Any, outcome: Outcome) -> bool | None:
    """Read what has a usage, whatever it is otherwise."""
    if not read_usage(field(value, "usage", "meta", "amazon-bedrock-invocationMetrics"), outcome):
        return None
    outcome.answered_by(field(value, "model"))
    outcome.finish(field(value, "finish_reason", "stop_reason"))
    return any(is_filled(field(value, name)) for name in _CONTENT)


_OTHERS: Final = (
    _read_typed, _read_first_cohere, _read_google, _read_bedrock, _read_cohere, _read_text_generation, _read_ollama,
)  # fmt: skip
_PIECES: Final = (_read_choices, _read_engine_piece, *_OTHERS, _read_usage)
_WHOLE: Final = (_read_choices, _read_engine_whole, *_OTHERS, _read_usage)
_SURE: Final = frozenset({_read_choices, *_OTHERS})
"""Readers of pieces and of whole answers that no answer of another shape fits."""
