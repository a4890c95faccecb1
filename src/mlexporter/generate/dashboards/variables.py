"""What a reader can choose; each is filtered by those before it, and right without a click.

They are called as the labels: links of alerts fill them (``generate/annotations.py``).
"""

from __future__ import annotations

from typing import Any

from mlexporter import catalogue
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.queries import DATASOURCE
from mlexporter.generate.dashboards.reading import greatest, of_model
from mlexporter.generate.promql import Matcher, select

_ON_TIME_RANGE = 2
_UNSORTED, _ALPHABETICAL, _NUMERICAL = 0, 1, 3


def datasource(options: DashboardOptions) -> dict[str, Any]:
    """Return the choice of a Prometheus."""
    chosen = {"text": options.datasource, "value": options.datasource} if options.datasource else {}
    return {
        "type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus", "regex": "",
        "hide": 0, "includeAll": False, "multi": False, "refresh": 1, "options": [], **_current(chosen),
    }  # fmt: skip


def model_name(options: DashboardOptions) -> dict[str, Any]:
    """Return the choice of a model, the one that drifts most first; fitted to one, only that one."""
    if options.model:
        escaped = options.model.replace("\\", "\\\\").replace(",", "\\,")
        chosen = {"text": options.model, "value": options.model, "selected": True}
        return {
            "type": "custom", "name": "model_name", "label": "Model", "query": escaped, "hide": 0, "multi": False,
            "includeAll": False, "options": [chosen], "current": chosen,
        }  # fmt: skip
    by = ("model_name", "feature")
    scored, excluded = (
        greatest(by, select(metric, options.rules))
        for metric in (catalogue.FEATURE_DRIFT_SEVERITY, catalogue.FEATURE_EXCLUDED)
    )
    severity = greatest("model_name", f"{scored} unless on (model_name, feature) {excluded} == 1")
    silent = greatest("model_name", select(catalogue.MODEL_INFO, options.rules))
    return _asked(
        "model_name", "Model", f"query_result(sort_desc({severity} or 0 * {silent} - 1))",
        regex='/model_name="([^"]+)"/',
    )  # fmt: skip


def model_version(options: DashboardOptions) -> dict[str, Any]:
    """Return the choice of versions, of those that serve, the newest first; all without a click."""
    one = Matcher("model_name", "=", "$model_name")
    loaded = greatest("model_version", select(catalogue.MODEL_LOADED, options.rules, one))
    return _asked(
        "model_version", "Version", f"query_result(sort_desc({loaded}))", regex='/model_version="([^"]+)"/', has_all=True
    )  # fmt: skip


def variant(options: DashboardOptions) -> dict[str, Any]:
    """Return the choice of roles: primary, canary, shadow; all without a click."""
    info = select(catalogue.MODEL_INFO, options.rules, Matcher("model_name", "=", "$model_name"))
    return _asked("variant", "Variant", f"label_values({info}, variant)", sort=_ALPHABETICAL, has_all=True)


def window(options: DashboardOptions) -> dict[str, Any]:
    """Return the choice of a window of drift."""
    chosen = {"text": options.window, "value": options.window}
    known = greatest("window", of_model(catalogue.WINDOW_OBSERVATIONS, options))
    # Never empty: a range without a number is an error, and panels of models without a profile would show it.
    usual = f'label_replace(vector(0), "window", "{options.window}", "", "")'
    return _asked(
        "window", "Window", f"query_result({known} or {usual})", regex='/window="([^"]+)"/', sort=_NUMERICAL
    ) | _current(chosen)  # fmt: skip


def feature(options: DashboardOptions) -> dict[str, Any]:
    """Return the choice of a feature, the one that drifts most first: it is shown without a click.

    Features without a score, and those that people excluded from alerts, come last; they have a threshold.
    """
    excluded = greatest("feature", of_model(catalogue.FEATURE_EXCLUDED, options))
    scored = greatest("feature", of_model(catalogue.FEATURE_DRIFT_SEVERITY, options))
    severity = f"({scored} unless on (feature) {excluded} == 1)"
    silent = greatest("feature", of_model(catalogue.FEATURE_DRIFT_THRESHOLD, options))
    return _asked(
        "feature", "Feature", f"query_result(sort_desc({severity} or 0 * {silent} - 1))",
        regex='/feature="([^"]+)"/',
    )  # fmt: skip


def output(options: DashboardOptions) -> dict[str, Any]:
    """Return the choice of an output of the model, the one that drifts most first."""
    severity = greatest("output", of_model(catalogue.OUTPUT_DRIFT_SEVERITY, options))
    silent = greatest("output", of_model(catalogue.OUTPUT_DRIFT_THRESHOLD, options))
    return _asked(
        "output", "Output", f"query_result(sort_desc({severity} or 0 * {silent} - 1))", regex='/output="([^"]+)"/'
    )  # fmt: skip


def output_class(options: DashboardOptions) -> dict[str, Any]:
    """Return the choice of a class of an output; all where it has none."""
    thresholds = of_model(catalogue.OUTPUT_DRIFT_THRESHOLD, options, Matcher("output", "=", "$output"))
    return _asked("class", "Class", f"label_values({thresholds}, class)", sort=_ALPHABETICAL, has_all=True)


def job(options: DashboardOptions, *, is_of_model: bool = False) -> dict[str, Any]:
    """Return the choice of scrape jobs with an exporter, or of those that serve the chosen model."""
    info = (
        of_model(catalogue.MODEL_INFO, options)
        if is_of_model
        else select(catalogue.BUILD_INFO, options.rules)
    )
    return _asked("job", "Job", f"label_values({info}, job)", sort=_ALPHABETICAL, has_all=True)


def instance(options: DashboardOptions, *, is_of_model: bool = False) -> dict[str, Any]:
    """Return the choice of exporters, or of those that serve the chosen model."""
    of_job = Matcher("job", "=~", "$job")
    info = (
        of_model(catalogue.MODEL_INFO, options, of_job)
        if is_of_model
        else select(catalogue.BUILD_INFO, options.rules, of_job)
    )
    return _asked("instance", "Instance", f"label_values({info}, instance)", sort=_ALPHABETICAL, has_all=True)


def _asked(
    name: str, text: str, query: str, *, regex: str = "", sort: int = _UNSORTED, has_all: bool = False
) -> dict[str, Any]:
    return {
        "type": "query", "name": name, "label": text, "datasource": DATASOURCE, "definition": query,
        "query": {"query": query, "refId": "variable", "qryType": 3 if query.startswith("query_result") else 1},
        "regex": regex, "refresh": _ON_TIME_RANGE, "sort": sort, "hide": 0, "multi": has_all, "includeAll": has_all,
        "options": [], **({"allValue": ".*"} if has_all else {}),
    }  # fmt: skip


def _current(chosen: dict[str, str]) -> dict[str, Any]:
    return {"current": {**chosen, "selected": True}} if chosen else {}
