"""Alerts about the service: calls that fail, calls that no longer come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter import catalogue
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import MODEL, rate, total
from mlexporter.generate.recording import error_ratio_name
from mlexporter.generate.rules import MODEL_PHRASE, Alert, Severity
from mlexporter.settings import parse_duration

_DAY: Final = 86_400.0
_BURN_SEVERITY_WORDS: Final = {"critical": "now", "warning": "in working hours"}


@dataclass(frozen=True, slots=True)
class _Burn:
    """One row of the burn-rate table: how fast, seen over which two windows, held for how long."""

    name: str
    factor: float
    short: str
    long: str
    for_seconds: float
    severity: Severity


_BURNS: Final = (
    _Burn("Fast", 14.4, "5m", "1h", 120, "critical"),
    _Burn("Medium", 6, "30m", "6h", 900, "critical"),
    _Burn("Slow", 3, "2h", "1d", 3600, "warning"),
    _Burn("Slow", 1, "6h", "3d", 10800, "warning"),
)
"""The multi-window, multi-burn-rate table of the Google SRE workbook, chapter 5."""


def service_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about calls: the error budget burns, no predictions."""
    return (*(_error_budget_burn(burn, options) for burn in _BURNS), _no_predictions(options))


def _error_budget_burn(burn: _Burn, options: RuleOptions) -> Alert:
    limit = f"{burn.factor * options.error_budget:.12g}"
    short, long = error_ratio_name(burn.short), error_ratio_name(burn.long)
    calls = rate(catalogue.PREDICTION_REQUESTS, options, parse_duration(burn.long), function="increase")
    return Alert(
        f"MLPredictionErrorBudgetBurn{burn.name}",
        # The value of an `and` is that of its first operand: what the description shows.
        f"{long} > {limit}\nand\n{short} > {limit}\nand\n{total(MODEL, calls)} >= {options.minimum_requests}",
        burn.for_seconds, burn.severity, "slo",
        f"The error budget of a model burns at {burn.factor:g} times the rate that it can sustain.",
        f"{{{{ $value | humanizePercentage }}}} of the calls of {MODEL_PHRASE} raised over the last "
        f"{burn.long}, and it goes on; the objective is {100 * options.error_objective:.6g} % without an "
        f"error. Look {_BURN_SEVERITY_WORDS[burn.severity]}; the runbook has the query for the exception classes.",
        labels={"burn_rate": f"{burn.factor:g}"},
    )  # fmt: skip


def _no_predictions(options: RuleOptions) -> Alert:
    group = ("model_name", "variant")
    requests = catalogue.PREDICTION_REQUESTS
    now = total(group, rate(requests, options, 600, function="increase"))
    yesterday = total(group, rate(requests, options, 1800, function="increase", offset_seconds=_DAY))
    return Alert(
        "MLModelNoPredictions",
        # A quiet night is no fault: only a time of day that had traffic yesterday can be too quiet.
        f"{now} == 0\nand\n{yesterday} >= {_requests_that_prove_traffic(options)}",
        600, "critical", "traffic",
        "A model that had traffic at this time yesterday has none.",
        "{{ $labels.model_name }} ({{ $labels.variant }}) has not been called for at least ten minutes, "
        "although its exporters are up and it was called at this time yesterday. Something before it is "
        "broken, or it was taken out of service on purpose.",
    )  # fmt: skip


def _requests_that_prove_traffic(options: RuleOptions) -> int:
    return max(options.minimum_requests // 5, 1)
