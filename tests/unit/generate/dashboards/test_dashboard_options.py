import pytest

from mlexporter.errors import ConfigurationError
from mlexporter.generate.dashboards.dashboard_options import KINDS, LONGEST_UID, DashboardOptions


@pytest.mark.parametrize(
    "model", ["", "late_arrival", "Betrugserkennung für Händler / EU", "模型", "x" * 300, "-"]
)
def test_uids_fit_and_differ(model):
    """Whatever a model is called, its dashboards have addresses of their own."""
    uids = [DashboardOptions(model=model).uid(kind) for kind in KINDS]
    assert len(set(uids)) == len(KINDS)
    assert all(len(uid) <= LONGEST_UID and uid.isascii() and uid.startswith("mlexporter-") for uid in uids)


def test_two_models_with_like_names_have_two_dashboards():
    """Names that differ in what an address cannot hold still differ."""
    assert DashboardOptions(model="fraud_1").uid("model") != DashboardOptions(model="fraud-1").uid("model")


def test_an_unknown_dashboard_is_named():
    with pytest.raises(ConfigurationError, match="'modell' is none of fleet, model"):
        DashboardOptions().uid("modell")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"time_from": "yesterday"}, "time_from='yesterday': say it as now-24h"),
        ({"window": "a day"}, "window='a day': say it as 1h"),
        (
            {"annotations": (("Releases", " "),)},
            "annotation='Releases= ': a name of plain letters and a query",
        ),
        ({"annotations": (("<b>", "up"),)}, "annotation='<b>=up'"),
        (
            {"annotations": (("Releases", "up"), ("Releases", "up == 0"))},
            "annotation='Releases' is given twice",
        ),
    ],
)
def test_what_cannot_be_is_told_with_the_way_out(given, told):
    with pytest.raises(ConfigurationError, match=told):
        DashboardOptions(**given)


def test_dashboards_of_a_model_link_to_each_other_only():
    """By their last tag; all of ours share the first."""
    everybody, one = DashboardOptions(), DashboardOptions(model="late_arrival")
    assert everybody.tags == ("mlexporter",)
    assert one.tags[0] == "mlexporter"
    assert one.tags[-1] != DashboardOptions(model="other").tags[-1]
    assert one.title("exporter-health") == "ML / Exporter health / late_arrival"
