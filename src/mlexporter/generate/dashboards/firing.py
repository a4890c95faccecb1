"""Alerts that fire, as Prometheus tells of them in ``ALERTS`` and ``ALERTS_FOR_STATE``.

Without our rules there is no such series, which must not look like "no alert": ``MLWatchdog`` always fires, and
where it does not, nothing is known.
"""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards.reading import greatest
from mlexporter.generate.dashboards.standing import BY_MODEL, Scope
from mlexporter.generate.promql import MODEL

RULES_ARE_LOADED: Final = 'ALERTS{alertname="MLWatchdog", alertstate="firing"}'
SUBJECT: Final = (*MODEL, "feature", "output", "class", "instance")
"""Labels that say what an alert is about; it has those that it is about, and perhaps more of the moment."""

ALERT: Final = ("alertname", *SUBJECT)
PAGE, TICKET, NOTE = "critical", "warning", "info"

_OURS: Final = ('alertname=~"ML.+"', 'alertname!="MLWatchdog"')


def firing(scope: Scope, *conditions: str) -> str:
    """Return the selector of firing alerts of ours, with further ``conditions``."""
    return _selected(scope, "ALERTS", 'alertstate="firing"', *conditions)


def severity_is(severity: str) -> str:
    """Return the condition that alerts have a severity."""
    return f'severity="{severity}"'


def began(scope: Scope, *conditions: str) -> str:
    """Return the selector of the times at which the conditions of alerts began to hold, pending ones included."""
    return _selected(scope, "ALERTS_FOR_STATE", *conditions)


def count_of(scope: Scope, severity: str) -> str:
    """Return how many alerts of a severity fire; 0 only where the rules are known to be loaded."""
    return f"count({_each(ALERT, firing(scope, severity_is(severity)))}) or 0 * max({RULES_ARE_LOADED})"


def count_by_model(scope: Scope, *severities: str) -> str:
    """Return how many alerts fire, by version and variant; one on a whole model counts for each of its versions."""
    info = f"0 * {greatest(MODEL, scope.of(catalogue.MODEL_INFO))}"
    names = f"0 * {greatest('model_name', scope.of(catalogue.MODEL_INFO))}"
    is_one = f'severity=~"{"|".join(severities)}"'
    own = _each(ALERT, firing(scope, is_one, 'model_version!=""'))
    whole = _each(ALERT, firing(scope, is_one, 'model_name!=""', 'model_version=""'))
    return (
        f"((count by ({BY_MODEL}) ({own}) or {info}) + on (model_name) group_left () "
        f"(count by (model_name) ({whole}) or {names})) and on () {RULES_ARE_LOADED}"
    )


def _each(labels: tuple[str, ...], selector: str) -> str:
    """Return one series an alert: what differs in labels of the moment, such as a burn rate, is one alert."""
    return greatest(labels, selector)


def _selected(scope: Scope, name: str, *conditions: str) -> str:
    # Alerts about exporters have no model: fitted to one model, they are left to Exporter health.
    one = ('model_name="$model_name"',) if scope.options.model else ()
    return f"{name}{{{', '.join((*_OURS, *one, *conditions))}}}"
