"""Engines that run in one's own house: vLLM in the process, Hugging Face's text generation server, Ollama."""

from __future__ import annotations

from mlexporter.instrument.generation.fields import field, is_filled, items, length, path, whole
from mlexporter.instrument.generation.outcome import Outcome


def read_request_output(value: object, outcome: Outcome, *, is_piece: bool) -> bool:
    """Read a ``RequestOutput`` of vLLM: tokens are lists of numbers, whose lengths count.

    A piece of a stream holds all tokens or only the newest, and does not say which.
    """
    outcome.input_tokens = length(field(value, "prompt_token_ids"))
    written = 0
    for place, output in enumerate(items(field(value, "outputs"))):
        written += length(field(output, "token_ids")) or 0
        index = whole(output, "index")
        outcome.finish(field(output, "finish_reason"), place if index is None else index)
    if not is_piece:
        outcome.output_tokens = written
    return written > 0


def read_text_generation(value: object, outcome: Outcome) -> bool:
    """Read an answer or a chunk of the text generation server: ``details`` come at the end."""
    details = field(value, "details")
    written = whole(details, "generated_tokens")
    if written is not None:
        outcome.output_tokens = written
    read = length(field(details, "prefill")) or whole(details, "input_length")
    if read:
        outcome.input_tokens = read
    outcome.finish(field(details, "finish_reason"))
    return is_filled(path(value, "token", "text")) or is_filled(field(value, "generated_text"))


def read_ollama(value: object, outcome: Outcome) -> bool:
    """Read an answer or a chunk of Ollama: the last one is ``done`` and has the counts."""
    outcome.answered_by(field(value, "model"))
    read, written = whole(value, "prompt_eval_count"), whole(value, "eval_count")
    if read is not None:
        outcome.input_tokens = read
    if written is not None:
        outcome.output_tokens = written
    outcome.finish(field(value, "done_reason"))
    message = field(value, "message")
    calls = items(field(message, "tool_calls"))
    for _ in calls:
        outcome.ask_tool(0, outcome.tool_calls)
    is_text = any(is_filled(field(message, name)) for name in ("content", "thinking"))
    return bool(calls) or is_text or is_filled(field(value, "response"))
