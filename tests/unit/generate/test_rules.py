from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rules import Alert, Group, Recording

ALERT = Alert("MLThingBroken", "x > 1", 900, "warning", "data", "Broken.", "It is broken.")


def test_a_recording_is_a_name_and_an_expression():
    """Nothing else."""
    assert Recording("a:b:c", "sum(b)").entry(RuleOptions()) == {"record": "a:b:c", "expr": "sum(b)"}


def test_an_alert_has_labels_and_annotations():
    """The address of the runbook follows from the name."""
    entry = ALERT.entry(RuleOptions(runbook_base="https://runbooks.example/"))
    assert entry["for"] == "15m"
    assert "keep_firing_for" not in entry
    assert entry["labels"] == {"severity": "warning", "component": "data"}
    assert entry["annotations"]["runbook_url"] == "https://runbooks.example/MLThingBroken.md"


def test_an_alert_without_waiting_has_no_for():
    """Zero is the default of Prometheus and is not written."""
    alert = Alert("MLThingBroken", "x", 0, "info", "data", "Broken.", "Broken.", 600, {"burn_rate": "3"})
    entry = alert.entry(RuleOptions())
    assert "for" not in entry
    assert entry["keep_firing_for"] == "10m"
    assert entry["labels"]["burn_rate"] == "3"


def test_a_group_has_an_interval_only_where_it_wants_one():
    """Otherwise the interval of the server holds."""
    assert "interval" not in Group("g", (ALERT,)).entry(RuleOptions())
    assert Group("g", (ALERT,), 60).entry(RuleOptions())["interval"] == "1m"
