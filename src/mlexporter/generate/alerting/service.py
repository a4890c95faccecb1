"""Alerts about the service that callers get: the budgets for failed and for slow calls burn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter import catalogue
from mlexporter.generate.alerting.template_queries import pinned, told
from mlexporter.generate.annotations import REQUEST_RATE
from mlexporter.generate.latency import COMPLETED_RATE, SLOW_RATE, calls_in, slow_ratio_name
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import (
    MODEL,
    Matcher,
    above,
    compared,
    largest,
    rate,
    select,
    threshold,
    total,
)
from mlexporter.generate.recording import error_ratio_name
from mlexporter.generate.rules import MODEL_PHRASE, Alert, Severity
from mlexporter.settings import parse_duration

FEWEST_BAD_CALLS: Final = 5
"""Failed or slow calls that prove something: of 300 calls, at the budget of 0.1 %, this many fail in one hour
of 60,000 by chance, and two in one hour of 27."""

LARGEST_LIMIT: Final = 0.8
"""Share of bad calls from which every burn alert judges, or a generous objective could never page: 14.4 times a
budget of 10 % is more than all calls."""

_WHEN: Final = {"critical": "Look now", "warning": "Look in working hours"}
_IS_ERROR: Final = Matcher("status", "=", "error")
_WINDOW_WORDS: Final = {"1h": "hour", "6h": "6 hours", "1d": "day", "3d": "3 days"}


@dataclass(frozen=True, slots=True)
class _Burn:
    """One row of the burn-rate table: how fast, seen over which two windows, held for how long."""

    name: str
    factor: float
    short: str
    long: str
    for_seconds: float
    severity: Severity

    @property
    def words(self) -> str:
        """Say how fast a budget burns."""
        if self.factor == 1:
            return "faster than it can sustain"
        return f"at {self.factor:g} times the rate that it can sustain"


_BURNS: Final = (
    _Burn("Fast", 14.4, "5m", "1h", 120, "critical"),
    _Burn("Medium", 6, "30m", "6h", 900, "critical"),
    _Burn("Slow", 3, "2h", "1d", 3600, "warning"),
    _Burn("Slow", 1, "6h", "3d", 10800, "warning"),
)
"""The multi-window, multi-burn-rate table of the Google SRE workbook, chapter 5."""


def service_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about calls: too many fail, too many are slow, nobody can tell how many are slow."""
    return (
        *(_error_budget_burn(burn, options) for burn in _BURNS),
        *(_latency_budget_burn(burn, options) for burn in _BURNS),
        _latency_unmeasured(options),
    )


def _error_budget_burn(burn: _Burn, options: RuleOptions) -> Alert:
    requests, seconds = catalogue.PREDICTION_REQUESTS, parse_duration(burn.long)
    failed = total(MODEL, rate(requests, options, seconds, _IS_ERROR, function="increase"))
    every = total(MODEL, rate(requests, options, seconds, function="increase"))
    classes = total(("error_type",), rate(catalogue.PREDICTION_ERRORS, pinned(MODEL, options), seconds))
    most = told(f"topk(1, {classes} > 0)", MODEL, ' Mostly {{ . | first | label "error_type" }}.')
    return Alert(
        f"MLPredictionErrorBudgetBurn{burn.name}",
        _burns(burn, "errors", (error_ratio_name(burn.long), error_ratio_name(burn.short)), options)
        + f"\nand\n{failed} >= {FEWEST_BAD_CALLS}\nand\n{_enough(every, options)}",
        burn.for_seconds, burn.severity, "slo",
        f"The error budget of a model burns {burn.words}.",
        f"{{{{ $value | humanizePercentage }}}} of the calls of {MODEL_PHRASE} raised over the last "
        f"{_WINDOW_WORDS[burn.long]}, and it goes on over the last {burn.short}.{most} "
        f"{_WHEN[burn.severity]}: which exception, which version, which pod? The runbook has the queries.",
        labels={"burn_rate": f"{burn.factor:g}"},
    )  # fmt: skip


def _latency_budget_burn(burn: _Burn, options: RuleOptions) -> Alert:
    limit = largest(MODEL, select(catalogue.SLO_LATENCY_THRESHOLD, pinned(MODEL, options)))
    limit_words = told(limit, MODEL, " of {number} s")
    slow, every = (calls_in(name, burn.long, options) for name in (SLOW_RATE, COMPLETED_RATE))
    return Alert(
        f"MLPredictionLatencyBudgetBurn{burn.name}",
        _burns(burn, "latency", (slow_ratio_name(burn.long), slow_ratio_name(burn.short)), options)
        + f"\nand\n{slow} >= {FEWEST_BAD_CALLS}\nand\n{_enough(every, options)}",
        burn.for_seconds, burn.severity, "slo",
        f"The latency budget of a model burns {burn.words}.",
        f"{{{{ $value | humanizePercentage }}}} of the calls of {MODEL_PHRASE} took longer than its latency "
        f"threshold{limit_words} over the last {_WINDOW_WORDS[burn.long]}, and it goes on over the last {burn.short}. "
        f"{_WHEN[burn.severity]}: more traffic, larger batches, a starved processor, a slow dependency? "
        "The runbook has the queries.",
        labels={"burn_rate": f"{burn.factor:g}"},
    )  # fmt: skip


def _burns(burn: _Burn, metric: str, ratios: tuple[str, str], options: RuleOptions) -> str:
    # The value of an `and` is that of its first operand: what the description shows, the longer window.
    budget = f"(1 - {threshold(catalogue.SLO_OBJECTIVE, options, Matcher('metric', '=', metric))})"
    limit = f"clamp_max({burn.factor:g} * {budget}, {LARGEST_LIMIT:g})"
    return "\nand\n".join(compared(ratio, ">", limit) for ratio in ratios)


def _enough(calls: str, options: RuleOptions) -> str:
    return above(calls, catalogue.SLO_MINIMUM_REQUESTS, options, operator=">=")


def _latency_unmeasured(options: RuleOptions) -> Alert:
    wanted = threshold(catalogue.SLO_LATENCY_THRESHOLD, options)
    model = ", ".join(MODEL)
    return Alert(
        "MLLatencyObjectiveUnmeasured",
        f"{wanted}\nand on ({model})\n{REQUEST_RATE} > 0\nunless on ({model})\n{COMPLETED_RATE}",
        900, "warning", "slo",
        "A model has a latency threshold that its histogram cannot tell.",
        f"{MODEL_PHRASE} shall answer within {{{{ $value }}}} s, but no pod has a bucket with this bound, so that "
        "nobody counts slow calls and no latency alert can fire. The bounds of a process are those of its start: "
        "restart it.",
    )  # fmt: skip
