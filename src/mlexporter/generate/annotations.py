"""What every alert says beside its own words: a link with the variables filled in, and what changed lately.

An annotation is a template of Prometheus. One that asks for a series that is not there becomes shorter,
and the alert is none the worse for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.options import DASHBOARD, RuleOptions
from mlexporter.generate.promql import recorded_name, select_name

REQUEST_RATE: Final = recorded_name("model", catalogue.PREDICTION_REQUESTS, "rate5m")
CALLS_BEGAN: Final = recorded_name("model", catalogue.PREDICTION_REQUESTS, "began1d")
"""Unix time at which a model version began to take calls, where that was within the last day."""

PROFILE_BEGAN: Final = recorded_name("model_profile", catalogue.PROFILE_INFO, "began1d")
"""Unix time at which a profile came into use, where that was within the last day."""

DAY_SECONDS: Final = 86_400.0
HOUR_SECONDS: Final = 3_600.0

_VARIABLES: Final = (
    "model_name", "model_version", "variant", "feature", "output", "class", "window", "job", "instance",
)  # fmt: skip
"""Labels that a dashboard has a variable for, in the order in which a link names them."""

_MODEL: Final = "model_name=%[1]q"
"""How a query names the model; the template fills in and quotes it."""


def labels_in(text: str) -> frozenset[str]:
    """Return the labels that a template reads."""
    return frozenset(re.findall(r"\$labels\.(\w+)", text))


def dashboard_for(component: str, labels: AbstractSet[str]) -> str:
    """Return the uid of the dashboard that shows what an alert with this component and these labels is about."""
    if "feature" in labels:
        kind = "feature"
    elif component == "exporter" or ("instance" in labels and "model_name" not in labels):
        kind = "serving" if component == "resources" else "exporter-health"
    elif component in ("slo", "resources"):
        kind = "serving"
    elif component == "data":
        kind = "data-quality"
    else:
        kind = "model" if "model_name" in labels else "fleet"
    return DashboardOptions().uid(kind)


def dashboard_url(text: str, component: str, options: RuleOptions) -> str:
    """Return the address of the dashboard for an alert, with a variable for each label that ``text`` reads."""
    has = labels_in(text)
    base = options.dashboard_base.replace(DASHBOARD, dashboard_for(component, has))
    variables = "&".join(
        f"var-{label}={{{{ $labels.{label} | urlquery }}}}" for label in _VARIABLES if label in has
    )
    if not variables:
        return base
    return f"{base}{'&' if '?' in base else '?'}{variables}"


def changed(options: RuleOptions) -> str:
    """Return what says, for an alert with a ``model_name``, what changed near the time at which it fires.

    Versions that began to take calls, profiles that came into use or were learned, workers that started,
    each with how long ago and only of the last day; then the traffic, beside that of an hour and a day ago.
    """
    version = "Version {{ .Labels.model_version }} ({{ .Labels.variant }})"
    return '{{ $gap := "" }}' + "".join(
        (
            _each(
                _ago(f"{CALLS_BEGAN}{{{_MODEL}}}", options),
                f"{version} began to take calls {{{{ago}}}}.",
            ),
            _each(
                _ago(f"{PROFILE_BEGAN}{{{_MODEL}}}", options),
                f"{version} began to use profile {{{{ .Labels.profile_id }}}} {{{{ago}}}}.",
            ),
            _each(
                _recent(catalogue.PROFILE_CREATED.name, options),
                "The profile of version {{ .Labels.model_version }} was learned {{ago}}.",
            ),
            _each(
                _recent(catalogue.MODEL_LOADED.name, options),
                "The newest worker of version {{ .Labels.model_version }} started {{ago}}.",
            ),
            _traffic(options),
        )
    )


def queries_in(text: str) -> tuple[str, ...]:
    """Return the queries of a template, as they are where every label is ``x``."""
    asked: Sequence[str] = re.findall(r"printf `([^`]*)`", text)
    return tuple(re.sub(r"%\[\d\]q", '"x"', query).replace("%%", "%") for query in asked)


def _each(query: str, sentence: str) -> str:
    told = sentence.replace("{{ago}}", "{{ .Value | humanizeDuration }} ago")
    return f'{{{{ range {_asked(query)} }}}}{{{{ $gap }}}}{told}{{{{ $gap = " " }}}}{{{{ end }}}}'


def _asked(query: str) -> str:
    return f"printf `{query}` $labels.model_name | query"


def _recent(name: str, options: RuleOptions) -> str:
    newest = f"max by (model_name, model_version) ({_selected(name, options)})"
    return f"{_ago(newest, options)} < {DAY_SECONDS:.12g}"


def _ago(moment: str, options: RuleOptions) -> str:
    """Return how long ago it was, by the clock of the options."""
    seconds = f"time() - {moment}"
    return seconds if options.time_factor == 1 else f"({seconds}) * {options.time_factor:.12g}"


def _traffic(options: RuleOptions) -> str:
    def calls(offset_seconds: float = 0.0) -> str:
        offset = f" offset {options.offset(offset_seconds)}" if offset_seconds else ""
        return _asked(
            f"sum by (model_name) ({REQUEST_RATE}{{{_MODEL}}}{offset}) * {HOUR_SECONDS / options.time_factor:.12g}"
        )

    value = "{{ . | first | value | humanize }}"
    before = "".join(
        f"{{{{ with {calls(seconds)} }}}}, {when} ago {value}{{{{ end }}}}"
        for when, seconds in (("an hour", HOUR_SECONDS), ("a day", DAY_SECONDS))
    )
    return f"{{{{ with {calls()} }}}}{{{{ $gap }}}}It takes {value} calls an hour{before}.{{{{ end }}}}"


def _selected(name: str, options: RuleOptions) -> str:
    # A percent sign of the user's own selector is none of printf.
    matchers = select_name("", options).strip("{}").replace("%", "%%")
    return f"{name}{{{', '.join(part for part in (_MODEL, matchers) if part)}}}"
