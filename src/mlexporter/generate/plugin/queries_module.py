"""All queries of the plugin: PromQL of the dashboards, by page."""

from __future__ import annotations

from typing import Any, Final

from mlexporter.generate.dashboards import variables
from mlexporter.generate.dashboards.dashboard_options import COMPARE, KINDS, DashboardOptions
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.plugin.compare_queries import FEATURES, OUTPUTS, comparison
from mlexporter.generate.plugin.feature_queries import compare_feature_queries, feature_queries
from mlexporter.generate.plugin.model_queries import model_queries, models_queries
from mlexporter.generate.plugin.setup_queries import set_up_queries
from mlexporter.generate.plugin.typescript import Value, constant, module
from mlexporter.generate.plugin.version_queries import version_queries
from mlexporter.generate.recording import recording_groups

MOST_POINTS: Final = 240
"""Points of a line at most: what is affordable is told for so many (``tests/integration/dashboards/test_query_cost.py``)."""

_WORDS: Final = """PromQL by page, with variables of Grafana in it. All of it is made by the functions that make the dashboards.

compare         what the compare panel asks: a key is the role of the answer (refId). All features of the chosen model.
compareFeature  the same of the feature $feature alone.
compareOutputs  the same of all outputs; outputs have no `expected` and no `importance`.
models, model, feature, versions   by page; `trend` is a line each, as is what is drawn over time.
setup           conditions (1 where met), and facts: what Prometheus knows of exporters, models and rules.
variables       queries of variables, with the regular expression that takes the value from an answer of query_result().

`compare.current` and `.expected` read what rules have recorded, or the counters themselves where there is nothing
recorded. Counters of all features over a day are dear: $counts, a hidden variable that each page with `compare` needs
(variables.counts), is `none` where the rules are loaded, so that no counter is read, and `.*` where they are not.
Its query hangs on $model_name, $model_version, $variant and $window."""


def queries_module() -> str:
    """Return the file with the queries."""
    return module(
        "src/mlexporter/generate/plugin/",
        _WORDS,
        constant(
            "rules",
            rules(),
            "What the recording rules of this version hold: series by group.",
        ),
        constant("dashboards", dashboards(), "Where the dashboards are, for links."),
        constant(
            "mostPoints", MOST_POINTS, "Points of a line over time at most: more cost a Prometheus too much."
        ),
        constant("queries", queries(), "Every query, by page."),
    )


def rules() -> dict[str, Value]:
    """Return names of recorded series by group."""
    options = RuleOptions()
    return {
        "groups": {
            group.name: list(dict.fromkeys(rule.name for rule in group.rules))
            for group in recording_groups(options)
        },
    }


def dashboards() -> dict[str, Value]:
    """Return uid and title of each dashboard."""
    options = DashboardOptions()
    names = {"data-quality": "dataQuality", "exporter-health": "health"}
    return {
        names.get(kind, kind): {"uid": options.uid(kind), "title": options.title(kind)}
        for kind in (*KINDS, COMPARE)
    }


def queries(options: DashboardOptions | None = None) -> dict[str, Value]:
    """Return every query by page and name.

    Args:
        options: The defaults if None; the plugin has these.
    """
    chosen = options or DashboardOptions()
    return {
        "compare": comparison(FEATURES, chosen),
        "compareFeature": compare_feature_queries(chosen),
        "compareOutputs": comparison(OUTPUTS, chosen),
        "models": models_queries(chosen),
        "model": model_queries(chosen),
        "feature": feature_queries(chosen),
        "versions": version_queries(chosen),
        "setup": set_up_queries(chosen),
        "variables": variable_queries(chosen),
    }


def variable_queries(options: DashboardOptions) -> dict[str, Value]:
    """Return the variables of the pages, in the order in which they hang on each other."""
    made = [
        variables.model_name(options),
        variables.model_version(options),
        variables.variant(options),
        variables.window(options),
        variables.feature(options),
        variables.counts(options),
        variables.version_to_compare(options, "version_a", "Version A", is_newest=False),
        variables.version_to_compare(options, "version_b", "Version B", is_newest=True),
    ]
    return {variable["name"]: _told(variable) for variable in made}


def _told(variable: dict[str, Any]) -> dict[str, Value]:
    return {
        "label": variable["label"], "query": variable["query"]["query"], "regex": variable["regex"],
        "sort": variable["sort"], "hasAll": variable["includeAll"], "allValue": variable.get("allValue", ""),
        "value": variable.get("current", {}).get("value", ""), "isHidden": variable["hide"] == variables.HIDDEN,
    }  # fmt: skip
