from mlexporter.generate.dashboards.annotations import of_exporters, of_fleet, of_model
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions

OPTIONS = DashboardOptions()


def test_deploys_stand_at_the_time_that_the_series_says():
    """The value is Unix time in seconds, Grafana wants milliseconds."""
    deploys, profiles, pages, tickets = of_model(OPTIONS, 'feature="$feature"')
    for marks in (deploys, profiles):
        assert marks["useValueForTime"]
        assert marks["expr"].endswith("* 1000")
    for marks, severity in ((pages, "critical"), (tickets, "warning")):
        assert not marks["useValueForTime"]
        assert 'feature="$feature"' in marks["expr"]
        assert f'severity="{severity}"' in marks["expr"]


def test_tickets_of_a_whole_model_wait_for_a_click():
    """They can be open for days, and would lie over every panel; those of one feature are few."""

    def tickets(*conditions):
        return next(each for each in of_model(OPTIONS, *conditions) if each["name"] == "Tickets")

    assert not tickets()["enable"]
    assert tickets('feature="$feature"')["enable"]


def test_marks_of_the_user_are_on_every_dashboard():
    options = DashboardOptions(annotations=(("Faults", "demo_fault_active == 1"),))
    for marks in (of_model(options), of_exporters(options), of_fleet(options)):
        assert marks[-1]["name"] == "Faults"
        assert marks[-1]["expr"] == "demo_fault_active == 1"
        assert marks[-1]["textFormat"] == ""


def test_labels_that_a_query_is_aggregated_by_are_the_text_of_its_marks():
    query = "max by (fault, model_name) (demo_fault_active == 1)"
    options = DashboardOptions(annotations=(("Faults", query),))
    assert of_fleet(options)[-1]["textFormat"] == "{{fault}} {{model_name}}"


def test_each_kind_of_marks_has_a_colour_of_its_own():
    for marks in (of_model(OPTIONS), of_exporters(OPTIONS), of_fleet(OPTIONS)):
        assert len({each["iconColor"] for each in marks}) == len(marks)
