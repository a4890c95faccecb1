"""What users tell of a generation by hand: checked, and in the units that are counted."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, TypedDict

from mlexporter.catalogue import OPERATIONS, TOOL_CALL_STATUSES
from mlexporter.instrument.generation.complaints import Mistake
from mlexporter.instrument.generation.fields import LARGEST_WHOLE
from mlexporter.instrument.generation.finish_reasons import finish_reason
from mlexporter.state.generation_cells import BILLION
from mlexporter.state.names import class_in, class_name, clean_name

LONGEST_SECONDS: Final = 1e7
LARGEST_COST: Final = 10**9


class GenerationArguments(TypedDict, total=False):
    """What ``record_generation`` takes by keyword; None is the same as not given.

    Attributes:
        input_tokens: Tokens that the model read, those from a cache included.
        output_tokens: Tokens that it wrote, those of reasoning included.
        time_to_first_token_seconds: From the request to the first token.
        time_per_output_token_seconds: Mean time of each token after the first.
        duration_seconds: How long the generation took.
        finish_reason: Why it ended, in the words of the vendor.
        refusal: Whether the model said that it will not answer.
        error: What was raised, or the name of its class; only that is kept.
        tool_calls: How many calls of tools the model asked for, or how many ended how: ``{"ok": 2, "error": 1}``.
        cost: In units of ``currency``: an int, a float, a Decimal or a Fraction.
        currency: Three letters, such as USD.
        response_model: What answered.
        request_model: What was asked for.
        provider: Who was asked, such as ``openai`` or ``anthropic``.
        operation: One of ``catalogue.OPERATIONS``.
    """

    input_tokens: int | None
    output_tokens: int | None
    time_to_first_token_seconds: float | None
    time_per_output_token_seconds: float | None
    duration_seconds: float | None
    finish_reason: str | None
    refusal: bool | None
    error: BaseException | str | None
    tool_calls: int | Mapping[str, int] | None
    cost: Any
    currency: str | None
    response_model: str | None
    request_model: str | None
    provider: str | None
    operation: str | None


def refuse_unknown(arguments: Mapping[str, Any]) -> None:
    """Refuse a misspelt keyword, as every function of Python does.

    Raises:
        TypeError: a keyword that there is not.
    """
    unknown = sorted(set(arguments) - set(_CHECKS))
    if unknown:
        raise TypeError(f"record_generation() got an unexpected keyword argument {unknown[0]!r}")


def told(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
    """Return what was told, field by field, and what is wrong with the others.

    Durations come back in nanoseconds, a cost in billionths, a reason as one of the catalogue's. Every
    name has to be one of ``GenerationArguments``, as ``refuse_unknown`` holds it.
    """
    found: dict[str, Any] = {}
    wrong: list[Mistake] = []
    for name, value in arguments.items():
        if value is not None:
            check, advice = _CHECKS[name]
            checked = _attempt(check, value)
            if checked is None:
                wrong.append(Mistake({name: value}, f"{advice} is needed; it is not counted"))
            else:
                found[name] = checked
    for one, other in (("cost", "currency"), ("currency", "cost")):
        if one in found and other not in found:
            if not any(other in mistake.given for mistake in wrong):
                wrong.append(Mistake({other: None}, f"{one}= is given, which needs it; give both"))
            del found[one]
    return found, wrong


def _attempt(check: Callable[[Any], Any], value: object) -> Any:
    try:
        return check(value)
    except Exception:  # noqa: BLE001 - a value of any type: whatever its methods raise, it is none that can be counted
        return None


def _tokens(value: Any) -> int | None:
    number = None if isinstance(value, bool) else operator.index(value)
    return number if number is not None and 0 <= number <= LARGEST_WHOLE else None


def _nanoseconds(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value * BILLION) if math.isfinite(value) and 0 <= value <= LONGEST_SECONDS else None


def _billionths(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    upper, lower = value.as_integer_ratio()
    found = (2 * upper * BILLION + lower) // (2 * lower)
    return int(found) if upper >= 0 and found <= LARGEST_COST * BILLION else None


def _currency(value: Any) -> str | None:
    is_one = isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha()
    return value.upper() if is_one else None


def _reason(value: Any) -> str | None:
    return finish_reason(value) or None if isinstance(value, str) else None


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _class(value: Any) -> str | None:
    if isinstance(value, str):
        return clean_name(class_in(value)) or None
    return class_name(value) if isinstance(value, BaseException) else None


def _tool_calls(value: Any) -> dict[str, int] | None:
    if not isinstance(value, Mapping):
        number = _tokens(value)
        return None if number is None else {TOOL_CALL_STATUSES[0]: number}
    found = {status: _tokens(number) for status, number in value.items()}
    if not set(found) <= set(TOOL_CALL_STATUSES) or None in found.values():
        return None
    return {status: number for status, number in found.items() if number is not None}


def _name(value: Any) -> str | None:
    return clean_name(value) if isinstance(value, str) and value.strip() else None


def _operation(value: Any) -> str | None:
    return value if isinstance(value, str) and value in OPERATIONS else None


_SECONDS: Final = f"a number of seconds from 0 to {LONGEST_SECONDS:.0f}"
_TOKENS: Final = "a whole number, 0 or more,"
_TEXT: Final = "a text that is not empty"
_CHECKS: Final[dict[str, tuple[Callable[[Any], Any], str]]] = {
    "input_tokens": (_tokens, _TOKENS),
    "output_tokens": (_tokens, _TOKENS),
    "time_to_first_token_seconds": (_nanoseconds, _SECONDS),
    "time_per_output_token_seconds": (_nanoseconds, _SECONDS),
    "duration_seconds": (_nanoseconds, _SECONDS),
    "finish_reason": (_reason, "a word such as stop or length"),
    "refusal": (_truth, "True or False"),
    "error": (_class, "an exception or the name of its class"),
    "tool_calls": (_tool_calls, f"a whole number, or numbers by {', '.join(TOOL_CALL_STATUSES)},"),
    "cost": (_billionths, f"a number from 0 to {LARGEST_COST}"),
    "currency": (_currency, "a currency of three letters, such as USD,"),
    "response_model": (_name, _TEXT),
    "request_model": (_name, _TEXT),
    "provider": (_name, _TEXT),
    "operation": (_operation, f"one of {', '.join(OPERATIONS)}"),
}
