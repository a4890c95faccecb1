from mlexporter.generate.dashboards.colours import SEVERITY, WATCH, WATCH_TEXT
from mlexporter.generate.dashboards.fields import Fields
from mlexporter.generate.dashboards.panel import Face
from mlexporter.generate.dashboards.panel_kinds import heat_map, stat, states, time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.words import Words

FACE = Face("Severity", Words(shows="a", computed="b", bad="c", do="d"), 4, 4)
QUERY = Query("up")


def tints(panel):
    steps = panel.as_json(1, 0, 0)["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return [step["color"] for step in steps]


def contrast(tint, other):
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(text):
        parts = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
        linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(tint), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_yellow_is_for_fills_only():
    """As text it cannot be read on white; a filled tile keeps it."""
    assert contrast(WATCH, "#FFFFFF") < 2
    assert min(contrast(WATCH_TEXT, "#FFFFFF"), contrast(WATCH_TEXT, "#181B1F")) > 3
    assert WATCH not in tints(stat(FACE, QUERY, Fields("none", SEVERITY)))
    assert WATCH in tints(stat(FACE, QUERY, Fields("none", SEVERITY), has_background=True))


def test_legends_are_where_grafana_draws_them():
    """On top it would draw nothing at all, without an error."""
    legend = time_series(FACE, [QUERY], Fields("s")).as_json(1, 0, 0)["options"]["legend"]
    assert legend["placement"] in {"bottom", "right"}
    assert legend["sortBy"] == "Last *"
    assert not states(FACE, [QUERY], Fields("none"), has_legend=False).options["legend"]["showLegend"]


def test_cells_that_are_empty_on_purpose_are_hidden_only_where_asked():
    """Bins that lost all their rows are what a reader looks for."""
    panel = heat_map(FACE, QUERY, Fields("none"), colours={"scheme": "PuOr"}, hidden_up_to=-9)
    assert panel.options["filterValues"] == {"le": -9}
    assert len(panel.queries) == 1
