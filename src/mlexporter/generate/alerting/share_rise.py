"""How far two shares differ at least, written in PromQL: what rules judge that no evaluator has judged."""

from __future__ import annotations

from typing import Final

QUANTILE: Final = 3.29
"""Standard normal, two-sided, of one in a thousand: a rule looks often, and ``for`` asks it to hold."""


def effect_size(share: str, before: str) -> str:
    """Return Cohen's h of two shares: 0.2 is from nothing to 1 %, or from 10 % to 17 %.

    Args:
        share: Between 0 and 1.
        before: Between 0 and 1, with the same labels.

    Source: cohen1988.
    """
    return f"2 * asin(sqrt({share})) - 2 * asin(sqrt({before}))"


def sure_rise(share: str, before: str, rows: str, rows_before: str) -> str:
    """Return the lower confidence bound of the rise of a share, as Cohen's h, in brackets.

    Args:
        share: Of ``rows``.
        before: Of ``rows_before``.
        rows: A count, with the same labels as all others.
        rows_before: A count above 0.
    """
    return f"({effect_size(share, before)} - {_noise(rows, rows_before)})"


def sure_change(share: str, before: str, rows: str, rows_before: str) -> str:
    """Return the lower confidence bound of the change of a share in either direction; see ``sure_rise``."""
    return f"(abs({effect_size(share, before)}) - {_noise(rows, rows_before)})"


def _noise(rows: str, rows_before: str) -> str:
    return f"{QUANTILE:g} * sqrt(1 / ({rows} > 0) + 1 / ({rows_before} > 0))"
