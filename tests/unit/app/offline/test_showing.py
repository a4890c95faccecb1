import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mlexporter import catalogue
from mlexporter.app.offline.document import to_json
from mlexporter.app.offline.showing import page_of, textfile_of
from offline_rows import rows_of


@pytest.fixture
def moved(evaluated):
    """Four days of which the second has drifted."""
    columns = rows_of(2000, seed=2)
    columns["amount"][500:1000] += 15.0
    return evaluated(columns, timestamp="time", every="1d")


def test_the_document_holds_scores_findings_and_periods(moved):
    """It is JSON without NaN; what is absent is not there."""
    document = json.loads(to_json(moved), parse_constant=pytest.fail)
    assert document["rows"] == 2000
    assert [feature["name"] for feature in document["features"]] == ["amount", "country"]
    assert "ml_feature_drift_location" not in document["features"][1]["scores"]
    assert [len(period["severities"]["features"]) for period in document["periods"]] == [2] * 4
    assert {estimate["metric"] for estimate in document["estimates"]} >= {catalogue.ACCURACY.name}


def test_the_textfile_is_read_by_a_parser_and_is_about_the_model_alone(moved):
    """The textfile collector gets no series of processes, which would be its own."""
    families = {family.name for family in text_string_to_metric_families(textfile_of(moved))}
    assert catalogue.FEATURE_DRIFT_SEVERITY.name in families
    assert catalogue.LAST_EVALUATION.name in families
    assert not {name for name in families if name.startswith("process_")}
    assert catalogue.WORKERS.name not in families


def test_the_page_draws_the_day_of_the_drift(moved):
    """The strip of the feature tells when; the page names the file and needs nothing from elsewhere."""
    page = page_of(moved, "rows <1>.parquet")
    assert "rows &lt;1&gt;.parquet" in page
    assert "amount: drift in 1 of 4 periods" in page
    assert "16 Nov 2023: 2 to 5, severity up to" in page or "16 Nov 2023: above 5, severity up to" in page
    assert "http-equiv" not in page
