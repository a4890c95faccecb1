"""The series of objectives: once for every model, and only where there is a value."""

from dataclasses import replace

from mlexporter import catalogue
from mlexporter.configuration.objective_table import OBJECTIVES
from mlexporter.records import ConfigurationState, Objectives


def names(samples):
    return {name for name, _ in samples}


def test_every_model_has_the_defaults(view, scrape, values):
    """Also one without a profile; what has no default is not there."""
    samples = scrape(view)
    assert len(view.models) > 1
    assert len(values(samples, catalogue.PROFILE_AGE_THRESHOLD, *catalogue.MODEL_LABELS)) == len(view.models)
    assert set(values(samples, catalogue.SLO_OBJECTIVE, "model_name", "metric").values()) == {0.999}
    always = {objective.metric.name for objective in OBJECTIVES if objective.metric.condition == "always"}
    others = {objective.metric.name for objective in OBJECTIVES} - always
    assert always <= names(samples)
    assert not others & names(samples)


def test_what_is_chosen_is_shown(view, scrape, values, with_model):
    """A latency objective is there with its threshold; a tolerance has a series for each quality."""
    chosen = Objectives(
        latency_threshold_seconds=0.3, label_delay=60.0, expected_effect=2.0,
        quality_tolerance=((catalogue.ACCURACY.name, 0.1), (catalogue.MEAN_ABSOLUTE_ERROR.name, 3.0)),
    )  # fmt: skip
    samples = scrape(with_model("objectives", chosen))
    name = view.models[0].snapshot.key.name
    objectives = values(samples, catalogue.SLO_OBJECTIVE, "model_name", "metric")
    assert objectives[(name, "errors")] == 0.999
    assert objectives[(name, "latency")] == 0.99
    assert list(values(samples, catalogue.SLO_LATENCY_THRESHOLD, "model_name").values()) == [0.3]
    assert list(values(samples, catalogue.LABEL_EXPECTED_DELAY, "model_name").values()) == [60.0]
    tolerances = values(samples, catalogue.QUALITY_TOLERANCE, "model_name", "metric")
    assert tolerances[(name, catalogue.MEAN_ABSOLUTE_ERROR.name)] == 3.0
    assert (name, catalogue.RECALL.name) not in tolerances


def test_the_state_of_the_file_is_shown_where_there_is_one(view, scrape):
    """Without a file there is no series that could be 0."""
    assert catalogue.CONFIG_RELOAD_SUCCESS.name not in names(scrape(view))
    samples = scrape(replace(view, configuration=ConfigurationState(is_good=False, timestamp=5.0)))
    assert samples[catalogue.CONFIG_RELOAD_SUCCESS.name, frozenset()] == 0
    assert samples[catalogue.CONFIG_RELOAD_TIMESTAMP.name, frozenset()] == 5
