import pytest

from mlexporter import catalogue
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.reading import CHOSEN_FEATURE, CHOSEN_MODEL
from mlexporter.generate.dashboards.variables import NO_COUNTER, counts
from mlexporter.generate.plugin.compare_queries import FEATURES, OUTPUTS, comparison
from mlexporter.generate.recording import BIN_COUNTERS, COUNT_WINDOWS, recording_groups

OPTIONS = DashboardOptions()
RECORDED = {rule.name for group in recording_groups(OPTIONS.rules) for rule in group.rules}


@pytest.mark.parametrize("role", ["current", "expected"])
def test_counts_of_features_are_those_that_rules_record(role):
    """In every window that is recorded; the counters themselves are behind a variable."""
    recorded, _, raw = comparison(FEATURES, OPTIONS)[role].partition(" or ")
    name = recorded.partition("(model_feature_bin:")[2].partition("{")[0]
    for window in COUNT_WINDOWS:
        assert f"model_feature_bin:{name.replace('$window', window)}" in RECORDED
    assert 'profile=~"$counts"' in raw
    assert "$counts" not in recorded


def test_all_counters_by_bin_are_recorded():
    """Else one of them would be read raw, or be missing, where the rules are loaded."""
    assert {FEATURES.observations, FEATURES.expected} == set(BIN_COUNTERS)


def test_no_fingerprint_is_the_word_for_no_counter():
    """They are hexadecimal."""
    with pytest.raises(ValueError, match="invalid literal"):
        int(NO_COUNTER, 16)


def test_outputs_have_neither_seasons_nor_importance():
    """Nor are they recorded: they are few."""
    asked = comparison(OUTPUTS, OPTIONS)
    assert set(comparison(FEATURES, OPTIONS)) - set(asked) == {"expected", "importance"}
    assert catalogue.OUTPUT_OBSERVATIONS.name in asked["current"]
    assert "$counts" not in asked["current"]


def test_what_is_chosen_is_in_every_selector_that_can_have_it():
    """Rows that are needed are of the model: they have no feature."""
    asked = comparison(FEATURES, OPTIONS, (*CHOSEN_MODEL, CHOSEN_FEATURE))
    without = {role for role, query in asked.items() if str(CHOSEN_FEATURE) not in query}
    assert without == {"required"}
    for query in asked.values():
        selectors = query.count("{")
        assert selectors == query.count(str(CHOSEN_MODEL[0]))


def test_the_selector_of_the_user_is_on_scraped_series_only():
    """What is recorded has lost its labels."""
    asked = comparison(FEATURES, DashboardOptions(selector='cluster="eu"'))
    for query in asked.values():
        assert query.count('cluster="eu"') == query.count("{") - query.count("model_feature_bin:")


def test_the_variable_of_counters_is_hidden_and_of_one_value():
    """A reader has nothing to choose there."""
    made = counts(OPTIONS)
    assert (made["hide"], made["multi"], made["includeAll"]) == (2, False, False)
