"""Alerts about models that generate text: slow to begin, costly, unwilling, disliked.

None of them has an absolute limit: what is normal differs between models by orders of magnitude. Each
compares with the same model a day or a week ago, and is silent until it has that past.
"""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.alerting.share_rise import sure_rise
from mlexporter.generate.alerting.template_queries import pinned, told
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import MODEL, Matcher, above, select_name, total
from mlexporter.generate.rules import MODEL_PHRASE, Alert

SLOWER: Final = 2.0
"""Multiple of yesterday's time to the first token that is slow."""

SLOW_SECONDS: Final = 1.0
"""Time to the first token below which nobody waits, however fast it was yesterday."""

_DAY_SECONDS: Final = 86_400.0
_WEEK_SECONDS: Final = 7 * _DAY_SECONDS
_HOUR_SECONDS: Final = 3_600.0
_QUARTER_SECONDS: Final = 900.0
_TYPE: Final = (*MODEL, "gen_ai_token_type")
_NEGATIVE: Final = Matcher("rating", "=~", "negative|1|2")
_OPINION: Final = Matcher("rating", "!~", "neutral|other")


def generative_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about generative models; all of them are off by default."""
    return (_first_token(options), _tokens(options), _refusals(options), _feedback(options))


def _increase(
    name: str, options: RuleOptions, seconds: float, *matchers: Matcher, offset_seconds: float = 0.0
) -> str:
    """Return the increase of a counter, or of one series of a histogram, by its name."""
    offset = f" offset {options.offset(offset_seconds)}" if offset_seconds else ""
    return f"increase({select_name(name, options, *matchers)}[{options.range(seconds)}]{offset})"


def _count(
    metric: Metric, options: RuleOptions, seconds: float, *matchers: Matcher, offset_seconds: float = 0.0
) -> str:
    ending = "_count" if metric.kind == "histogram" else ""
    return total(
        MODEL, _increase(metric.name + ending, options, seconds, *matchers, offset_seconds=offset_seconds)
    )


def _first_token(options: RuleOptions) -> Alert:
    def slowest(chosen: RuleOptions, offset_seconds: float = 0.0) -> str:
        buckets = _increase(
            f"{catalogue.TIME_TO_FIRST_TOKEN.name}_bucket", chosen, _QUARTER_SECONDS,
            offset_seconds=offset_seconds,
        )  # fmt: skip
        return f"histogram_quantile(0.95, {total((*MODEL, 'le'), buckets)})"

    yesterday = slowest(options, _DAY_SECONDS)
    enough = above(
        _count(catalogue.TIME_TO_FIRST_TOKEN, options, _QUARTER_SECONDS), catalogue.SLO_MINIMUM_REQUESTS,
        options, operator=">=",
    )  # fmt: skip
    before = told(slowest(pinned(MODEL, options), _DAY_SECONDS), MODEL, "; a day ago it was {age}")
    return Alert(
        "MLTimeToFirstTokenSlow",
        f"{slowest(options)}\n  > {SLOWER:g} * {yesterday}\n  > {SLOW_SECONDS:g}\nand\n{enough}",
        900, "warning", "slo",
        "A generative model takes far longer to begin its answers than yesterday.",
        f"One answer in twenty of {MODEL_PHRASE} took more than {{{{ $value | humanizeDuration }}}} to its first "
        f"token, over the last 15 minutes{before}. Look at the queue and the memory of the serving engine, and "
        "whether prompts became longer.",
        keep_firing_seconds=300, needs="generative",
    )  # fmt: skip


def _tokens(options: RuleOptions) -> Alert:
    def used(chosen: RuleOptions, labels: tuple[str, ...], offset_seconds: float = 0.0) -> str:
        name = f"{catalogue.GENERATION_TOKENS.name}_sum"
        return total(labels, _increase(name, chosen, _HOUR_SECONDS, offset_seconds=offset_seconds))

    ratio = f"{used(options, _TYPE)}\n  / ({used(options, _TYPE, _WEEK_SECONDS)} > 0)"
    enough = above(
        _count(catalogue.GENERATION_TOKENS, options, _HOUR_SECONDS), catalogue.SLO_MINIMUM_REQUESTS, options,
        operator=">=",
    )  # fmt: skip
    here = pinned(_TYPE, options)
    now = told(used(here, MODEL), _TYPE, " That is {count} tokens an hour.")
    return Alert(
        "MLTokenBudgetBurn",
        f"{above(ratio, catalogue.TRAFFIC_SPIKE_THRESHOLD, options)}\nand on ({', '.join(MODEL)})\n{enough}",
        3600, "warning", "traffic",
        "A generative model uses several times the tokens of a week ago.",
        f'{MODEL_PHRASE} used {{{{ $value | printf "%.1f" }}}} times as many {{{{ $labels.gen_ai_token_type }}}} '
        f"tokens in the last hour as in the same hour a week ago.{now} Tokens cost money: look whether calls, "
        "prompts or answers grew, and for a caller that retries in a loop.",
        keep_firing_seconds=300, needs="generative",
    )  # fmt: skip


def _refusals(options: RuleOptions) -> Alert:
    calls = Matcher("status", "=", "ok")
    requests = catalogue.PREDICTION_REQUESTS
    now = _count(requests, options, _HOUR_SECONDS, calls)
    before = _count(requests, options, _WEEK_SECONDS, calls, offset_seconds=_HOUR_SECONDS)
    refused = _count(catalogue.GENERATION_REFUSALS, options, _HOUR_SECONDS)
    refused_before = _count(
        catalogue.GENERATION_REFUSALS, options, _WEEK_SECONDS, offset_seconds=_HOUR_SECONDS
    )  # fmt: skip
    here = pinned(MODEL, options)
    week = (
        f"{_count(catalogue.GENERATION_REFUSALS, here, _WEEK_SECONDS, offset_seconds=_HOUR_SECONDS)} "
        f"/ {_count(requests, here, _WEEK_SECONDS, calls, offset_seconds=_HOUR_SECONDS)}"
    )
    return Alert(
        "MLRefusalRateHigh",
        _risen((refused, now), (refused_before, before), options),
        1800, "warning", "quality",
        "A generative model refuses to answer far more often than it did.",
        f"{MODEL_PHRASE} refused {{{{ $value | humanizePercentage }}}} of the calls of the last hour"
        f"{told(week, MODEL, ', and {percent} in the week before')}. Chance does not explain that. Look whether the "
        "system prompt, the model behind the name, or a safety filter changed.",
        keep_firing_seconds=300, needs="generative",
    )  # fmt: skip


def _feedback(options: RuleOptions) -> Alert:
    def rated(chosen: RuleOptions, seconds: float, *matchers: Matcher, offset_seconds: float = 0.0) -> str:
        return _count(catalogue.FEEDBACK, chosen, seconds, *matchers, offset_seconds=offset_seconds)

    past = {"offset_seconds": _DAY_SECONDS}
    here = pinned(MODEL, options)
    week = f"{rated(here, _WEEK_SECONDS, _NEGATIVE, **past)} / {rated(here, _WEEK_SECONDS, _OPINION, **past)}"
    return Alert(
        "MLFeedbackNegative",
        _risen(
            (rated(options, _DAY_SECONDS, _NEGATIVE), rated(options, _DAY_SECONDS, _OPINION)),
            (rated(options, _WEEK_SECONDS, _NEGATIVE, **past), rated(options, _WEEK_SECONDS, _OPINION, **past)),
            options,
        ),
        3600, "warning", "quality",
        "People rate the answers of a model far worse than they did.",
        f"{{{{ $value | humanizePercentage }}}} of those who rated answers of {MODEL_PHRASE} in the last day were "
        f"negative{told(week, MODEL, ', and {percent} in the week before')}. Chance does not explain that. Read some "
        "of the answers that were rated badly, and look what changed at that time.",
        keep_firing_seconds=300, needs="generative",
    )  # fmt: skip


def _risen(now: tuple[str, str], before: tuple[str, str], options: RuleOptions) -> str:
    """Return the share now, where it has risen for sure and by more than the threshold of data quality.

    Args:
        now: What is counted, and what it is counted of.
        before: The same, of the past.
        options: The options of the rules.
    """
    rows, rows_before = f"({now[1]} > 0)", f"({before[1]} > 0)"
    share, share_before = f"({now[0]} / {rows})", f"({before[0]} / {rows_before})"
    rise = sure_rise(share, share_before, now[1], before[1])
    return f"{share}\n  and ({above(rise, catalogue.DATA_QUALITY_THRESHOLD, options)})"
