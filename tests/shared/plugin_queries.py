"""Every query of the plugin by its place, and dashboards that ask them, so that what holds panels holds the plugin."""

import re

from mlexporter.generate.plugin.queries_module import MOST_POINTS, queries

LINES = frozenset({"trend"})
"""Names of queries over time in pages whose others are asked at one moment."""

OVER_TIME = {
    "model": {
        "rows", "errors", "latency50", "latency95", "latency99", "latencyLimit", "rowsByVersion", "errorsByVersion",
        "worst", "worstByVersion", "errorBurn", "latencyBurn", "drift", "driftExcluded", "driftedShare", "joint",
        "outputDrift", "quality", "qualityLoss",
    },
    "feature": {
        "severity", "worst", "effect", "effectLowerBound", "minimumDetectableEffect", "threshold", "usualMovement",
        "psi", "location", "missing", "invalid", "outOfRange", "unseen", "otherType", "missingReference",
        "invalidReference", "rises", "missingByPod", "expectedEffect", "expectedEffectLimit", "trainingSkew",
        "severityBesideSkew", "shares", "lift",
    },
    "models": {"rowsOfAll", "rows", "worst"},
}  # fmt: skip
"""What pages draw as lines; a moment is never dearer."""

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def asked():
    """Yield every query of the plugin but those of variables: its place, such as ``compare.current``, and PromQL."""
    for page, content in queries().items():
        if page != "variables":
            yield from _leaves(content, page)


def _leaves(value, place):
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict) and "query" in value:
        yield place, value["query"]
    else:
        named = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in named:
            yield from _leaves(each, f"{place}.{name}")


def is_over_time(place):
    """Return whether a page draws what a query gives as lines."""
    page, name, *_ = place.split(".")
    is_line = place.rpartition(".")[2] in LINES or name == "marks" or ".marks." in place
    return is_line or name in OVER_TIME.get(page, ())


def as_dashboards():
    """Return a dashboard for each page, in classic JSON: a panel a query, called as its place."""
    pages = {}
    for place, text in asked():
        pages.setdefault(place.partition(".")[0], []).append((place, text))
    return {page: _dashboard(page, found) for page, found in pages.items()}


def _dashboard(page, found):
    uid = {"models": "mlexporter-fleet", "setup": "mlexporter-exporter-plugin"}.get(
        page, f"mlexporter-{page}"
    )
    return {
        "uid": uid,
        "panels": [_panel(number, place, text) for number, (place, text) in enumerate(found)],
        "templating": {"list": _variables(found)},
    }


def _panel(number, place, text):
    is_line = is_over_time(place)
    target = {
        "refId": "A", "expr": text, "datasource": DATASOURCE, "instant": not is_line, "range": is_line,
        "format": "time_series" if is_line else "table",
    }  # fmt: skip
    return {
        "id": number, "type": "timeseries" if is_line else "table", "title": place, "targets": [target],
        "gridPos": {"x": 0, "y": 0, "w": 24, "h": 8}, "maxDataPoints": MOST_POINTS,
        "description": "**Needs.** The rules of `alerts/recording.yaml`.",
    }  # fmt: skip


def _variables(found):
    """Return the variables that the queries of a page use, with those on which these hang, in order."""
    made = queries()["variables"]
    texts = " ".join(text for _, text in found)
    used = [name for name in made if re.search(rf"\${name}\b", texts)]
    first = {"type": "datasource", "name": "datasource", "query": "prometheus"}
    hung = ["model_name", "model_version", "variant", "window"] if used else []
    return [first, *(_variable(name, each) for name, each in made.items() if name in {*used, *hung})]


def _variable(name, told):
    return {
        "type": "query", "name": name, "label": told["label"], "datasource": DATASOURCE,
        "definition": told["query"], "query": {"query": told["query"], "refId": "variable"}, "regex": told["regex"],
        "sort": told["sort"], "includeAll": told["hasAll"], "multi": told["hasAll"], "refresh": 2,
        **({"allValue": told["allValue"]} if told["hasAll"] else {}),
        **({"current": {"value": told["value"]}} if told["value"] else {}),
    }  # fmt: skip
