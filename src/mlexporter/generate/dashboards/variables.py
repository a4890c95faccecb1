"""What a reader can choose; each is filtered by those before it, and right without a click.

They are called as the labels: links of alerts fill them (``generate/annotations.py``).
"""

from __future__ import annotations

from typing import Any, Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.queries import DATASOURCE
from mlexporter.generate.dashboards.reading import CHOSEN_MODEL, WINDOW, greatest, of_model
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import Matcher, recorded_name, select, select_name

COUNTS: Final = "counts"
"""The hidden variable that says which counters are read: ``NO_COUNTER`` where their increases are recorded, else all."""

NO_COUNTER: Final = "none"
"""No fingerprint of bins: it has digits and letters up to f."""

_ON_TIME_RANGE = 2
_UNSORTED, _ALPHABETICAL, _NUMERICAL = 0, 1, 3
HIDDEN: Final = 2
"""``hide`` of a variable that nobody chooses."""


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


def recorded_counts(metric: Metric, *matchers: Matcher) -> str:
    """Return the selector of the recorded increases of a counter by bin over the chosen window."""
    return select_name(
        recorded_name("model_feature_bin", metric, f"increase{WINDOW}"), RuleOptions(), *matchers
    )


def counts(options: DashboardOptions) -> dict[str, Any]:
    """Return the hidden variable by which counters of all features are read where nothing is recorded, and only there.

    Recorded is what rules have, over the chosen window, of the chosen model: a window of the user's own is not.
    """
    del options  # What is recorded has no labels of the user's own selector.
    recorded = recorded_counts(catalogue.FEATURE_OBSERVATIONS, *CHOSEN_MODEL)

    def saying(value: str) -> str:
        return f'label_replace(vector(1), "{COUNTS}", "{value}", "", "")'

    asked = f"{saying(NO_COUNTER)} and on () count({recorded}) or on () {saying('.*')}"
    made = _asked(
        COUNTS, "Counters read", f"query_result({asked})", regex=f'/{COUNTS}="([^"]+)"/', sort=_ALPHABETICAL
    )
    return made | {"hide": HIDDEN}


def version_to_compare(options: DashboardOptions, name: str, text: str, *, is_newest: bool) -> dict[str, Any]:
    """Return the choice of one version that serves: without a click the newest, or the oldest."""
    one = Matcher("model_name", "=", "$model_name")
    loaded = greatest("model_version", select(catalogue.MODEL_LOADED, options.rules, one))
    sort = "sort_desc" if is_newest else "sort"
    return _asked(name, text, f"query_result({sort}({loaded}))", regex='/model_version="([^"]+)"/')


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
