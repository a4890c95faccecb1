"""Chat and text completions of OpenAI, whole and in chunks, and of all who answer in the same way.

https://platform.openai.com/docs/api-reference/chat and .../completions. Mistral, Groq, DeepSeek, vLLM's
and Hugging Face's servers and LiteLLM have the same fields.
"""

from __future__ import annotations

from mlexporter.instrument.generation.fields import field, is_filled, items, whole
from mlexporter.instrument.generation.outcome import Outcome
from mlexporter.instrument.generation.usage import read_usage


def read_completion(value: object, outcome: Outcome) -> bool:
    """Read an answer or a chunk that has ``choices``."""
    outcome.answered_by(field(value, "model"))
    read_usage(field(value, "usage"), outcome)
    has_content = False
    for position, choice in enumerate(items(field(value, "choices"))):
        index = whole(choice, "index")
        place = position if index is None else index
        outcome.finish(field(choice, "finish_reason"), place)
        has_content |= is_filled(field(choice, "text"))
        has_content |= _read_message(field(choice, "message", "delta"), place, outcome)
    return has_content


def _read_message(message: object, answer: int, outcome: Outcome) -> bool:
    if message is None:
        return False
    if is_filled(field(message, "refusal")):
        outcome.is_refusal = True
        return True
    calls = items(field(message, "tool_calls"))
    for position, call in enumerate(calls):
        index = whole(call, "index")
        outcome.ask_tool(answer, position if index is None else index)
    function = field(message, "function_call")
    if function is not None:
        outcome.ask_tool(answer, 0)
    has_text = any(is_filled(field(message, name)) for name in ("content", "reasoning_content", "reasoning"))
    return has_text or bool(calls) or function is not None
