"""Panels of the serving dashboard about generative models: tokens and cost, first tokens, answers that disappoint."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.alerting.generative import SLOW_SECONDS, SLOWER
from mlexporter.generate.dashboards.colours import AMBER, BLUE, PINK, REFERENCE, VERMILION
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import (
    RATIO,
    SECONDS,
    Fields,
    Override,
    colour,
    dashed,
)
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import RATE, per_second, summed
from mlexporter.generate.dashboards.targets import of_served, part_of, quantile
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import Matcher

_NEEDED: Final = 'A function that is monitored with kind="chat" or another kind of generative model'
_NEGATIVE: Final = Matcher("rating", "=~", "negative|1|2")
_OPINION: Final = Matcher("rating", "!~", "neutral|other")


def generation_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return three panels, one line."""
    return (_tokens(options), _first_token(options), _disappointing(options))


def _tokens(options: DashboardOptions) -> Panel:
    used = per_second(
        part_of(catalogue.GENERATION_TOKENS, "_sum", of_served(catalogue.GENERATION_TOKENS, options))
    )
    spent = summed("currency", per_second(of_served(catalogue.GENERATION_COST, options)))
    return time_series(
        Face("Tokens and what they cost", Words(
            "Tokens a second that were read (input) and written (output), by the model that was asked for, and what an "
            "hour costs at this rate (grey, right axis).",
            "Rate of the tokens that answers tell; rate of the cost that the application tells, times 3,600, by "
            "currency. All chosen servers added up.",
            "Several times the tokens of a week ago: MLTokenBudgetBurn (optional). Input that grows alone is prompts "
            "that grow, or a conversation that is sent whole again and again.",
            "More calls, or more tokens a call? Then look for a caller that retries in a loop. Cost that grows alone is "
            "a dearer model or fewer cache hits.",
            f"{_NEEDED}; for cost an application that tells it.",
        ), 8, 9),
        [
            Query(
                summed(("gen_ai_request_model", "gen_ai_token_type"), used),
                "{{gen_ai_token_type}}, {{gen_ai_request_model}}",
            ),
            Query(f"{spent} * 3600", "Cost an hour, {{currency}}"),
        ],
        Fields("suffix:tokens/s", absent="No generative model", minimum=0, overrides=[
            Override("/^Cost/", {"unit": "none", "color": colour(REFERENCE), "custom.axisPlacement": "right"}),
        ]),
    )  # fmt: skip


def _first_token(options: DashboardOptions) -> Panel:
    metric = catalogue.TIME_TO_FIRST_TOKEN
    selector = of_served(metric, options)
    yesterday = quantile(0.95, metric, selector).replace(f"[{RATE}]", f"[{RATE}] offset 1d")
    return time_series(
        Face("Time to the first token", Words(
            "Seconds to the first token within which half (p50) and 95 of 100 answers began, and the latter a day ago "
            "(dashed).",
            "Quantiles of the histogram of all chosen servers.",
            f"p95 above {SLOWER:g} times that of yesterday and above {SLOW_SECONDS:g} s: MLTimeToFirstTokenSlow "
            "(optional).",
            "Look at the queue and the memory of the serving engine, and whether prompts became longer.",
            f"{_NEEDED}, and answers that come as a stream.",
        ), 8, 9),
        [
            Query(quantile(0.95, metric, selector), "p95"),
            Query(quantile(0.5, metric, selector), "p50"),
            Query(yesterday, "p95 a day ago"),
        ],
        Fields(SECONDS, absent="No streams of answers", minimum=0, overrides=[
            Override("p95", {"color": colour(AMBER), "custom.lineWidth": 2}),
            Override("p50", {"color": colour(BLUE), "custom.lineWidth": 2}),
            Override("p95 a day ago", dashed(REFERENCE)),
        ]),
    )  # fmt: skip


def _disappointing(options: DashboardOptions) -> Panel:
    def every(metric: catalogue.Metric, *matchers: Matcher) -> str:
        return summed((), per_second(of_served(metric, options, *matchers)))

    def ended(reason: str) -> str:
        ends = every(catalogue.GENERATION_FINISHES, Matcher("reason", "=", reason))
        return f"{ends} / ({every(catalogue.GENERATION_FINISHES)} > 0)"

    calls = every(catalogue.PREDICTION_REQUESTS, Matcher("status", "=", "ok"))
    rated = f"{every(catalogue.FEEDBACK, _NEGATIVE)} / ({every(catalogue.FEEDBACK, _OPINION)} > 0)"
    return time_series(
        Face("Answers that disappoint", Words(
            "Share of answers that were cut (length), withheld (content filter) or refused, and share of ratings that "
            "were negative.",
            "Answers by why they ended, divided by all; refusals divided by calls that succeeded; ratings negative, 1 and "
            "2 divided by those with an opinion. All chosen servers added up.",
            "A step. MLRefusalRateHigh and MLFeedbackNegative (optional) compare an hour, or a day, with the week before.",
            "Cut: raise the limit of tokens. Withheld: read which prompts the filter holds back. Refused or disliked: look "
            "whether the system prompt or the model behind the name changed, and read some of these answers.",
            f"{_NEEDED}; for ratings an application that tells them.",
        ), 8, 9),
        [
            Query(ended("length"), "Cut"),
            Query(ended("content_filter"), "Withheld"),
            Query(f"{every(catalogue.GENERATION_REFUSALS)} / ({calls} > 0)", "Refused"),
            Query(rated, "Disliked"),
        ],
        Fields(RATIO, absent="No generative model", minimum=0, custom={"axisSoftMax": 0.05}, overrides=[
            Override("Cut", {"color": colour(AMBER)}),
            Override("Withheld", {"color": colour(PINK)}),
            Override("Refused", {"color": colour(VERMILION)}),
            Override("Disliked", {"color": colour(BLUE)}),
        ]),
    )  # fmt: skip
