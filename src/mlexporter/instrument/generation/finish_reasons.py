"""Why an answer ended: the words of many vendors, as the few of the catalogue."""

from __future__ import annotations

from typing import Final

_STOP, _LENGTH, _TOOL_CALLS, _CONTENT_FILTER, _ERROR, _OTHER = (
    "stop", "length", "tool_calls", "content_filter", "error", "other",
)  # fmt: skip

_MEANINGS: Final = {
    word: meaning
    for meaning, words in {
        _STOP: ("stop", "end_turn", "stop_sequence", "complete", "completed", "eos", "eos_token", "finish", "finished",
                "load", "endoftext"),
        _LENGTH: ("length", "max_tokens", "max_output_tokens", "max_new_tokens", "max_length", "model_length",
                  "model_context_window_exceeded", "token_limit_reached"),
        _TOOL_CALLS: ("tool_calls", "tool_call", "tool_use", "function_call"),
        _CONTENT_FILTER: ("content_filter", "content_filtered", "refusal", "safety", "recitation", "blocklist",
                          "prohibited_content", "spii", "image_safety", "image_prohibited_content", "image_recitation",
                          "guardrail_intervened", "error_toxic", "model_armor", "jailbreak"),
        _ERROR: ("error", "failed", "abort", "cancelled", "malformed_function_call", "malformed_tool_use",
                 "malformed_model_output", "unexpected_tool_call", "error_limit", "timeout", "network_error"),
    }.items()
    for word in words
}  # fmt: skip
_NOT_SAID: Final = frozenset({"", "null", "none", "finish_reason_unspecified", "blocked_reason_unspecified"})


def finish_reason(word: str) -> str:
    """Return what a vendor's word means, one of ``catalogue.FINISH_REASONS``; empty where it says nothing.

    >>> finish_reason("MAX_TOKENS"), finish_reason("end_turn"), finish_reason("bored")
    ('length', 'stop', 'other')
    """
    plain = word.strip().lower().replace("-", "_")
    return "" if plain in _NOT_SAID else _MEANINGS.get(plain, _OTHER)
