"""How many tokens an answer took, from what vendors call usage."""

from __future__ import annotations

from mlexporter.instrument.generation.fields import field, path, whole
from mlexporter.instrument.generation.outcome import Outcome


def read_usage(usage: object, outcome: Outcome) -> bool:
    """Take what ``usage`` tells; True where it tells of tokens at all.

    Where a vendor tells both billed tokens and others, the billed ones count, as the conventions want it.
    """
    if usage is None:
        return False
    inner = field(usage, "billed_units", "billedUnits", "tokens")
    usage = usage if inner is None else inner
    return any((_all_inside(usage, outcome), _cached_beside(usage, outcome), _google(usage, outcome)))


def _all_inside(usage: object, outcome: Outcome) -> bool:
    """Read usage whose input holds what came from a cache: OpenAI, and all that do like it."""
    read, written = whole(usage, "prompt_tokens"), whole(usage, "completion_tokens")
    if read is not None:
        outcome.input_tokens, outcome.cached_beside, outcome.written_beside = read, 0, 0
    if written is not None:
        outcome.output_tokens = written
    for inner, name in (
        ("prompt_tokens_details", "cached_tokens"),
        ("input_tokens_details", "cached_tokens"),
    ):
        cached = whole(field(usage, inner), name)
        if cached is not None:
            outcome.cached_tokens = cached
    for outer in ("completion_tokens_details", "output_tokens_details"):
        reasoning = whole(path(usage, outer), "reasoning_tokens")
        if reasoning is not None:
            outcome.reasoning_tokens = reasoning
    return read is not None or written is not None


def _cached_beside(usage: object, outcome: Outcome) -> bool:
    """Read usage whose input leaves out what came from a cache: Anthropic and Bedrock.

    The responses of OpenAI use the same words and have nothing beside.
    """
    read = whole(usage, "input_tokens", "inputTokens", "inputTokenCount", "inputTextTokenCount")
    written = whole(usage, "output_tokens", "outputTokens", "outputTokenCount")
    if read is not None:
        outcome.input_tokens = read
    if written is not None:
        outcome.output_tokens = written
    if read is None and written is None:
        return False
    cached = whole(usage, "cache_read_input_tokens", "cacheReadInputTokens")
    if cached is not None:
        outcome.cached_tokens = outcome.cached_beside = cached
    made = whole(usage, "cache_creation_input_tokens", "cacheWriteInputTokens")
    if made is not None:
        outcome.written_beside = made
    return True


def _google(usage: object, outcome: Outcome) -> bool:
    """Read usage that tells thoughts and uses of tools beside the rest."""
    read = whole(usage, "prompt_token_count", "promptTokenCount")
    if read is None:
        return False
    of_tools = whole(usage, "tool_use_prompt_token_count", "toolUsePromptTokenCount")
    outcome.input_tokens = read + (of_tools or 0)
    cached = whole(usage, "cached_content_token_count", "cachedContentTokenCount")
    if cached is not None:
        outcome.cached_tokens = cached
    written = whole(usage, "candidates_token_count", "candidatesTokenCount")
    thoughts = whole(usage, "thoughts_token_count", "thoughtsTokenCount")
    if thoughts is not None:
        outcome.reasoning_tokens = thoughts
    if written is not None or thoughts is not None:
        outcome.output_tokens = (written or 0) + (thoughts or 0)
    return True
