from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.links import column, dropdown, label, link

OPTIONS = DashboardOptions()


def test_a_link_keeps_the_time_and_the_choice_and_says_what_was_clicked():
    made = link("Open", "feature", OPTIONS, "model_name", feature=label("feature"))
    assert made["url"] == (
        "/d/mlexporter-feature?${datasource:queryparam}&${model_name:queryparam}"
        "&var-feature=${__field.labels.feature:percentencode}&${__url_time_range}"
    )
    assert column("Model") == '${__data.fields["Model"]:percentencode}'


def test_dashboards_of_one_model_lead_to_those_of_the_same():
    options = DashboardOptions(model="late_arrival")
    assert options.uid("feature") in link("Open", "feature", options)["url"]
    assert dropdown(options)["tags"] == [options.tags[-1]]
    assert (dropdown(OPTIONS)["keepTime"], dropdown(OPTIONS)["includeVars"]) == (True, True)
