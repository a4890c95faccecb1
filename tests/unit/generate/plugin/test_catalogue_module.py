from mlexporter import catalogue
from mlexporter._version import __version__
from mlexporter.catalogue import CATALOGUE
from mlexporter.generate.plugin.catalogue_module import (
    NOT_EXPOSED,
    catalogue_module,
    named_metrics,
)


def test_every_metric_that_can_be_exposed_has_one_name():
    """Planned ones are left out: nothing would answer."""
    exposed = [metric for metric in CATALOGUE if metric.condition != NOT_EXPOSED]
    assert list(named_metrics().values()) == exposed
    assert all(name.isupper() for name in named_metrics())


def test_names_are_those_of_the_python_constants():
    """Scores, which have none, are called after their tuple."""
    metrics = named_metrics()
    assert metrics["FEATURE_OBSERVATIONS"] is catalogue.FEATURE_OBSERVATIONS
    assert metrics["FEATURE_DRIFT_SEVERITY"] is catalogue.FEATURE_DRIFT_SEVERITY
    assert metrics["OUTPUT_DRIFT_PSI"].statistic == "population_stability_index"


def test_the_file_says_of_which_version_it_is():
    """The set-up check compares it with what exporters say."""
    assert f"export const version = '{__version__}' as const;" in catalogue_module()


def test_a_metric_has_its_name_and_whether_it_is_of_a_model():
    """That is all: Grafana loads the file at its start, and help texts are for people."""
    text = catalogue_module()
    assert f"    name: '{catalogue.MODEL_INFO.name}',\n    isOfModel: true,\n  }},\n" in text
    assert f"    name: '{catalogue.BUILD_INFO.name}',\n    isOfModel: false,\n  }},\n" in text
    assert catalogue.MODEL_INFO.help not in text
