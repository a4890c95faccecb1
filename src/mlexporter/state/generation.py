"""``Generation``: what is counted of one call of a generative model."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class GenerationKind(NamedTuple):
    """By what generations of one model are told apart.

    Attributes:
        operation: One of ``catalogue.OPERATIONS``.
        provider: Who was asked, such as ``openai``; empty where that is unknown.
        request_model: What was asked for; empty where that is unknown.
        response_model: What answered; empty where that is unknown.
    """

    operation: str
    provider: str = ""
    request_model: str = ""
    response_model: str = ""


class Generation(NamedTuple):
    """One generation; whatever is None or empty is unknown and not counted.

    Attributes:
        kind: By what it is told apart.
        error_type: Class of the exception, or how it ended without an answer; empty where it succeeded.
        nanoseconds: How long it took.
        input_tokens: Tokens that were read.
        output_tokens: Tokens that were written.
        first_token_nanoseconds: From the call to the first content.
        per_token_nanoseconds: Between two tokens, as the mean of this call.
        finish_reasons: Why each of its answers ended, of ``catalogue.FINISH_REASONS``.
        is_refusal: True where the model refused to answer.
        tool_calls: Calls of tools by ``catalogue.TOOL_CALL_STATUSES``.
        currency: Three letters.
        cost: Billionths of the currency; counted where there is a currency.
    """

    kind: GenerationKind
    error_type: str = ""
    nanoseconds: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    first_token_nanoseconds: int | None = None
    per_token_nanoseconds: int | None = None
    finish_reasons: tuple[str, ...] = ()
    is_refusal: bool = False
    tool_calls: Mapping[str, int] = MappingProxyType({})
    currency: str = ""
    cost: int = 0
