"""A small dashboard with a panel of each kind in which nothing is wrong: what faults are planted into."""

from mlexporter import catalogue
from mlexporter.generate.recording import MISSING_HOUR

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
MODEL = 'model_name="$model_name",model_version=~"$model_version",variant=~"$variant"'
FEATURE = f'{MODEL},feature="$feature"'
SEVERITY = f'{catalogue.FEATURE_DRIFT_SEVERITY.name}{{{MODEL},window="$window"}}'
BINS = f"{catalogue.FEATURE_OBSERVATIONS.name}{{{FEATURE}}}"
REFERENCE = f"{catalogue.FEATURE_REFERENCE.name}{{{FEATURE}}}"
BUCKETS = f"{catalogue.PREDICTION_DURATION.name}_bucket{{{MODEL}}}"
BLUE, ORANGE, GREY = "#4C78A8", "#E8871E", "#7F7F7F"
WORDS = (
    "**Shows.** The drift of every feature.\n\n**Computed.** By the exporter, over the window.\n\n"
    "**Bad.** From 1 on: MLFeatureDrift fires.\n\n**Do.** Open the feature that drifts."
)
NEEDS = f"{WORDS}\n\n**Needs.** The rules of `alerts/recording.yaml`."
NOTHING = {
    "type": "special",
    "options": {"match": "null+nan", "result": {"text": "No rows yet", "color": GREY}},
}
LEGEND = {"displayMode": "list", "placement": "bottom", "showLegend": True}
LINK = {
    "title": "Open the feature",
    "url": "/d/mlexporter-feature?${datasource:queryparam}&${model_name:queryparam}"
    "&var-feature=${__field.labels.feature:percentencode}&${__url_time_range}",
}
ROW_LINK = {**LINK, "url": LINK["url"].replace("${__field.labels.feature:", '${__data.fields["Feature"]:')}


def specimen(uid="mlexporter-model", title="ML / Model"):
    """Return the dashboard as classic JSON, new on every call."""
    return {
        "annotations": {"list": [_mark()]},
        "description": "Is it OK, and if not, what?",
        "editable": True,
        "graphTooltip": 1,
        "links": [
            {
                "type": "dashboards", "title": "Others", "tags": ["mlexporter"], "asDropdown": True, "keepTime": True,
                "includeVars": True,
            }
        ],
        "panels": [*_first_lines(), *_distribution(), _closed_row()],
        "refresh": "1m",
        "revision": 3,
        "schemaVersion": 39,
        "tags": ["mlexporter"],
        "templating": {"list": _variables()},
        "time": {"from": "now-24h", "to": "now"},
        "timezone": "browser",
        "title": title,
        "uid": uid,
        "version": 3,
    }  # fmt: skip


def folder():
    """Return two dashboards that lead to each other, by file."""
    return {
        "model.json": specimen(),
        "feature.json": specimen(uid="mlexporter-feature", title="ML / Feature"),
    }


def _panel(number, kind, title, place, targets, *, options=None, custom=None, **more):
    x, y, w, h = place
    steps = [
        {"color": GREY if kind == "state-timeline" else BLUE, "value": None},
        {"color": ORANGE, "value": 1},
    ]
    return {
        "id": number, "type": kind, "title": title, "description": WORDS, "datasource": dict(DATASOURCE),
        "gridPos": {"x": x, "y": y, "w": w, "h": h}, "targets": targets, "options": options or {},
        "fieldConfig": {
            "defaults": {
                "unit": "none", "noValue": "No rows yet", "mappings": [NOTHING], "custom": custom or {},
                "color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": steps},
            },
            "overrides": [],
        },
        **more,
    }  # fmt: skip


def _target(expression, legend="__auto", ref="A", shape="time_series"):
    is_instant = shape in {"table", "now"}
    return {
        "datasource": dict(DATASOURCE), "expr": expression, "legendFormat": legend, "refId": ref,
        "format": "time_series" if shape == "now" else shape, "instant": is_instant, "range": not is_instant,
        "exemplar": False,
    }  # fmt: skip


def _first_lines():
    worst = f"max by (feature) ({SEVERITY})"
    absent = (
        f'or on () (label_replace(vector(-1), "feature", "no rows yet", "", "")'
        f" and on () absent_over_time({SEVERITY}[$__range] @ end()))"
    )
    rows = f"sum(rate({catalogue.PREDICTIONS.name}{{{MODEL}}}[$__rate_interval]))"
    return [
        _panel(1, "stat", "Worst drift", (0, 0, 4, 4), [_target(f"max({SEVERITY})", "Worst")]),
        _panel(2, "timeseries", "Rows", (4, 0, 10, 4), [_target(rows, "Rows")], options={"legend": dict(LEGEND)}),
        _panel(3, "bargauge", "Worst now", (14, 0, 10, 4), [_target(f"topk(10, {worst})", "{{feature}}", shape="now")]),
        _row(4, "Features", 4),
        _panel(
            5, "state-timeline", "Drift", (0, 5, 12, 8),
            [_target(f"{worst} >= 1", "{{feature}}"), _target(f"{worst} < 1 {absent}", "{{feature}}", "B")],
            custom={"spanNulls": False},
        ),
        _table(6, (12, 5, 12, 8), worst),
    ]  # fmt: skip


def _table(number, place, worst):
    rows = f"sum(increase({catalogue.PREDICTIONS.name}{{{MODEL}}}[$window]))"
    columns = {
        "feature": "Feature",
        "Value #worst": "Severity",
        "Value #missing": "Missing",
        "Trend #trend": "Trend",
    }
    panel = _panel(
        number, "table", "Features, worst first", place,
        [
            _target(worst, ref="worst", shape="table"),
            _target(
                f"sum by (feature) (increase({catalogue.FEATURE_MISSING.name}{{{MODEL}}}[$window])) / scalar({rows})",
                ref="missing", shape="table",
            ),
            _target(worst, ref="trend"),
        ],
        options={"showHeader": True, "sortBy": [{"displayName": "Severity", "desc": True}]},
        transformations=[
            {"id": "timeSeriesTable", "options": {}},
            {"id": "merge", "options": {}},
            {
                "id": "organize",
                "options": {
                    "excludeByName": {"Time": True}, "renameByName": columns,
                    "indexByName": {name: place for place, name in enumerate(columns)},
                },
            },
        ],
    )  # fmt: skip
    coloured = {"custom.cellOptions": {"type": "gauge"}, "custom.align": "left", "custom.width": 120}
    panel["fieldConfig"]["overrides"] = [
        _override("Feature", {"links": [ROW_LINK]}),
        _override("Severity", coloured),
        _override("Missing", {"unit": "percentunit", "custom.width": 90}),
        _override("Trend", {"custom.cellOptions": {"type": "sparkline"}, "custom.width": 110}),
    ]
    return panel


def _override(name, properties):
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": key, "value": value} for key, value in properties.items()],
    }


def _distribution():
    shares = f"sum by (bin, profile) (increase({BINS}[$window])) / scalar(sum(increase({BINS}[$window])))"
    counts = f"max by (bin, range, profile) ({REFERENCE})"
    reference = f"{counts} / on (profile) group_left () sum by (profile) ({counts})"
    chart = _panel(
        7, "barchart", "Reference and current", (0, 13, 12, 9),
        [_target(reference, ref="reference", shape="table"), _target(shares, ref="current", shape="table")],
        options={"xField": "range", "legend": dict(LEGEND)},
        transformations=[
            {"id": "merge", "options": {}},
            {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": "bin", "desc": False}]}},
            {
                "id": "organize",
                "options": {"renameByName": {"Value #reference": "Reference", "Value #current": "Current"}},
            },
        ],
    )  # fmt: skip
    chart["fieldConfig"]["defaults"] |= {"unit": "percentunit", "decimals": 1}
    absent = (
        'or on () (label_replace(label_replace(vector(0), "bin", "no rows yet", "", ""), "profile", "", "", "")'
        f" and on () absent_over_time({BINS}[$__range] @ end()))"
    )
    over_time = f"sum by (bin, profile) (rate({BINS}[$__rate_interval])) {absent}"
    return [
        chart,
        _panel(8, "heatmap", "Bins", (12, 13, 12, 9), [_target(over_time, "{{bin}} of {{profile}}")]),
    ]


def _closed_row():
    row = _row(9, "Latency", 22)
    slow = f"histogram_quantile(0.95, sum by (le) (rate({BUCKETS}[$__rate_interval])))"
    lines = _panel(10, "timeseries", "Seconds", (0, 23, 12, 8), [_target(slow, "p95") | {"exemplar": True}])
    lines["fieldConfig"]["defaults"] |= {"unit": "s", "decimals": 2, "links": [LINK]}
    lines["targets"].append(_target(f"max by (feature) ({SEVERITY})", "{{feature}}", "B"))
    missing = _panel(
        11, "timeseries", "Missing", (12, 23, 12, 8),
        [_target(f"sum by (feature) ({MISSING_HOUR}{{{MODEL}}})", "{{feature}}")],
    )  # fmt: skip
    missing["description"] = NEEDS
    return row | {"collapsed": True, "panels": [lines, missing]}


def _row(number, title, y):
    place = {"x": 0, "y": y, "w": 24, "h": 1}
    return {"id": number, "type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": place}


def _mark():
    alerts = 'ALERTS{alertstate="firing",model_name="$model_name"}'
    return {
        "name": "Alerts", "datasource": dict(DATASOURCE), "enable": True, "iconColor": ORANGE,
        "expr": f"max by (alertname, feature) ({alerts})", "titleFormat": "{{alertname}}", "textFormat": "{{feature}}",
    }  # fmt: skip


def _variables():
    one = '{model_name="$model_name"}'
    loaded = f"max by (model_version) ({catalogue.MODEL_LOADED.name}{one})"
    of_model = f"{catalogue.FEATURE_DRIFT_SEVERITY.name}{{{MODEL}}}"
    return [
        {"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus"},
        _choice("model_name", f"label_values({catalogue.MODEL_INFO.name}, model_name)", sort=1),
        _choice(
            "model_version", f"query_result(sort_desc({loaded}))", regex='/model_version="([^"]+)"/', has_all=True
        ),
        _choice("variant", f"label_values({catalogue.MODEL_INFO.name}{one}, variant)", sort=1, has_all=True),
        _choice("feature", f"query_result(sort_desc(max by (feature) ({of_model})))", regex='/feature="([^"]+)"/'),
        {
            "type": "custom", "name": "window", "label": "Window", "query": "1h,6h,24h",
            "current": {"text": "6h", "value": "6h"},
            "options": [{"text": each, "value": each, "selected": each == "6h"} for each in ("1h", "6h", "24h")],
        },
    ]  # fmt: skip


def _choice(name, query, *, regex="", sort=0, has_all=False):
    return {
        "type": "query", "name": name, "label": name, "datasource": dict(DATASOURCE), "definition": query,
        "query": {"query": query, "refId": "variable"}, "regex": regex, "refresh": 2, "sort": sort, "multi": has_all,
        "includeAll": has_all, **({"allValue": ".*"} if has_all else {}),
    }  # fmt: skip
