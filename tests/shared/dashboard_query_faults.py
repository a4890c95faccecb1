"""Faults in what a dashboard asks, lets choose and links to: how each is planted, and which check finds it."""

from dashboard_planting import (
    asked,
    asking,
    at,
    both,
    column,
    described,
    first,
    link,
    mark,
    moved,
    on,
    question,
    replaced,
    unused_variable,
    variable,
    without,
)

MODEL = 'model_name="$model_name",model_version=~"$model_version",variant=~"$variant"'
ROWS = f"ml_predictions_total{{{MODEL}}}"
SEVERITY = f'ml_feature_drift_severity{{{MODEL},window="$window"}}'
BINS = f'ml_feature_observations_total{{{MODEL},feature="$feature"}}'

QUERY_FAULTS = {
    # --- choices
    "a variable from nowhere": (on("stat", "title", to="Drift of $model"), "undefined variable"),
    "repeated by nothing": (
        both(on("stat", "repeat", to="version"), on("stat", "repeatDirection", to="v")), "undefined variable",
    ),
    "a variable without use": (unused_variable, "unused variable"),
    "a variable before what filters it": (moved(5, 1), "variable order"),
    "a name that no alert fills": (
        both(variable("window", name="span"), replaced("[$window]", "[$__range]"), replaced("$window", "$span")),
        "variable order",
    ),
    "a variable without a label": (variable("feature", label=""), "variable"),
    "a choice that stays behind": (variable("feature", refresh=1), "variable"),
    "all that is not all": (variable("model_version", allValue=None), "variable"),
    "no chosen window": (variable("window", current={}), "variable"),
    "one of several": (replaced("variant=~", "variant="), "several"),
    "repeated without saying for what": (
        both(on("stat", "repeat", to="variant"), on("stat", "repeatDirection", to="v")), "repeat",
    ),
    "repeated for one": (
        both(
            on("stat", "repeat", to="feature"), on("stat", "repeatDirection", to="v"),
            on("stat", "title", to="$feature"),
        ), "repeat",
    ),
    "a data source of somebody": (
        on("stat", "targets", 0, "datasource", "uid", to="P1809F7CD0C75ACF3"), "datasource",
    ),
    "no choice of a data source": (variable("datasource", query="loki"), "datasource"),
    "a mark without a colour": (mark(iconColor="red"), "annotation"),
    "a way back that forgets": (at("links", 0, "includeVars", to=False), "dashboard list"),
    "a way back without a name": (at("links", 0, "title", to=""), "dashboard list"),
    "a link that loses the time": (link("table", "&${__url_time_range}", ""), "link keeps"),
    "a link that a space breaks": (link("table", ":percentencode", ""), "link encoding"),
    "a link without words": (link("table", "Open the feature", ""), "link words"),
    "a setting of a later version": (at("links", 0, "placement", to="inControlsMenu"), "too new"),
    # --- queries
    "what is no PromQL": (asking("stat", "max(", "max max("), "syntax"),
    "a moment behind a parenthesis": (asked("stat", f"max({SEVERITY}) @ end()"), "syntax"),
    "a selector without a name": (asked("stat", 'max({__name__=~"ml_.+"})'), "nameless"),
    "a metric that the catalogue lacks": (asking("stat", "drift_severity", "drift_score"), "unknown series"),
    "a by that the metric lacks": (asking("bargauge", "by (feature)", "by (features)"), "unknown label"),
    "a variant that nothing has": (
        asked("stat", f'max(ml_feature_drift_severity{{{MODEL},window="2h"}})'), "impossible selector",
    ),
    "a range of one scrape": (asked("stat", f"max(max_over_time({SEVERITY}[15s]))"), "short range"),
    "rate of a gauge": (asked("timeseries", f"sum(rate({SEVERITY}[$__rate_interval]))"), "rate of a gauge"),
    "absent of an expression": (asked("stat", f"absent(max({SEVERITY}))"), "absent"),
    "sides that never match": (
        asked("timeseries", f"sum by (feature) ({SEVERITY} > 1) / sum(rate({ROWS}[$__rate_interval]))"), "never match",
    ),
    "two sides of many": (
        asked("timeseries", f"max by (feature) ({SEVERITY}) / on (feature) max by (feature, variant) ({SEVERITY})"),
        "many to many",
    ),
    "a label from nowhere": (
        asked("bargauge", f"max by (feature) ({SEVERITY}) * on (feature) group_left (variant) max by (feature) ({SEVERITY})"),
        "needless group_left",
    ),
    "a level that is a series": (
        asked("bargauge", f'max by (feature) (ml_feature_missing_excess_lower_bound{{{MODEL},window="$window"}}) > 0.1'),
        "fixed threshold",
    ),
    "a window of somebody": (asking("timeseries", "$__rate_interval", "5m"), "rate window"),
    "a rate between two points": (asking("timeseries", "$__rate_interval", "$__interval"), "rate window"),
    "a counter as it stands": (asked("timeseries", f"sum({ROWS})"), "raw counter"),
    "the largest count": (asked("timeseries", f"max(max_over_time({ROWS}[$__range]))"), "raw counter"),
    "every variant": (asking("stat", ',variant=~"$variant"', ""), "scope"),
    "a dashboard without the model": (
        both(
            without("templating", "list", 1), replaced("$model_name", "m"), replaced("${model_name:queryparam}&", "")
        ), "scope",
    ),
    "every window": (asking("stat", ',window="$window"', ""), "window"),
    "every window where nobody chooses": (
        both(
            without("templating", "list", 5), replaced("[$window]", "[$__range]"),
            replaced(',window=\\"$window\\"', ""),
            asked("stat", f"sum(0 * {SEVERITY})".replace(',window="$window"', "")),
        ), "window",
    ),
    "a series of each pod": (asked("table", SEVERITY), "pods"),
    "the sum of severities": (asking("stat", "max(", "sum("), "added gauges"),
    "the mean of pods": (asked("stat", f"avg(ml_predictions_in_progress{{{MODEL}}})"), "added gauges"),
    "bins of two profiles": (asking("barchart", "(bin, profile)", "(bin)", place=1), "mixed profiles"),
    "a dear share": (
        asked("stat", f"sum(increase(ml_feature_missing_total{{{MODEL}}}[$window])) / sum(increase({BINS}[$window]))"),
        "dear denominator",
    ),
    "a quantile of no buckets": (asking("Seconds", "sum by (le)", "sum"), "buckets"),
    "alerts that do not fire": (
        mark(expr='max by (alertname, feature) (ALERTS{model_name="$model_name"})'), "pending alert",
    ),
    "the first of every step": (asked("state-timeline", f"topk(5, max by (feature) ({SEVERITY}))"), "over time"),
    "an order of lines": (asked("timeseries", f"sort_desc(sum(rate({ROWS}[$__rate_interval])))"), "over time"),
    "seconds for a date": (
        both(
            asked("stat", f"max(ml_model_loaded_timestamp_seconds{{{MODEL}}})"),
            on("stat", "fieldConfig", "defaults", "unit", to="dateTimeAsIso"),
        ), "moment",
    ),
    "seconds for a mark": (
        mark(
            expr='max by (alertname, feature) (ALERTS{alertstate="firing",model_name="$model_name"})'
            ' * on () group_left () max(ml_model_loaded_timestamp_seconds{model_name="$model_name"})',
            useValueForTime=True,
        ), "moment",
    ),
    "a choice that its query has not": (
        question("feature", f"query_result(sort_desc(max by (model_name) (ml_feature_drift_severity{{{MODEL}}})))"),
        "variable query",
    ),
    "a choice of all series": (question("variant", "label_values(variant)"), "variable query"),
    "a quiet need of rules": (described("Missing", r"\n\n\*\*Needs\..*", ""), "needs rules"),
    "an alert that is none": (described("stat", "MLFeatureDrift", "MLFeatureDrifts"), "told"),
    "a metric that is none": (described("stat", "the exporter", "ml_feature_drift_score"), "told"),
    # --- names of fields
    "a column that nothing gives": (link("table", "Value #worst", "Value #wrost"), "field"),
    "an exception for nothing": (
        lambda dashboard: column(first(dashboard, "table"), "Missing")["matcher"].update(options="Absent"), "field",
    ),
    "an axis that nothing gives": (on("barchart", "options", "xField", to="interval"), "field"),
    "a link from no column": (link("table", 'fields[\\"Feature', 'fields[\\"Name'), "link field"),
    "a legend that is empty": (on("bargauge", "targets", 0, "legendFormat", to="{{bin}} {{feature}}"), "legend label"),
    "a mark that is empty": (mark(textFormat="{{model_version}}"), "legend label"),
    "series of one name": (on("bargauge", "targets", 0, "legendFormat", to="Features"), "legend name"),
    "the name that Prometheus gives": (on("timeseries", "targets", 0, "legendFormat", to="__auto"), "legend name"),
}  # fmt: skip
