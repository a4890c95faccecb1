"""What templates read out of an alert is there in the alerts that are generated."""

import re

import pytest

from mlexporter.generate.notifications.story import SCORE_PATTERN
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import alerting_groups, optional_groups


def description(name):
    """Return the description of an alert whose value is 7.31, as Prometheus would fill that in."""
    groups = (*alerting_groups(RuleOptions()), *optional_groups(RuleOptions()))
    alert = next(alert for group in groups for alert in group.rules if alert.name == name)
    return re.sub(r'\{\{ \$value \| printf "(%[^"]+)" \}\}', lambda found: found[1] % 7.31, alert.description)


@pytest.mark.parametrize("name", ["MLFeatureDrift", "MLPredictionDrift", "MLEmbeddingDrift"])
def test_drift_says_how_far(name):
    """The description names the multiple of the threshold in the words that the templates look for."""
    assert re.sub(SCORE_PATTERN, r"\1", description(name)) == "7.3"


@pytest.mark.parametrize("name", ["MLModelNoPredictions", "MLFeatureStuck", "MLExporterDown"])
def test_other_alerts_have_no_such_number(name):
    """Nothing is taken for a multiple of a threshold that is none."""
    assert re.sub(SCORE_PATTERN, r"\1", description(name)) == ""
