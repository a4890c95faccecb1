"""Names and labels: each object has its own name, however long, and everything bears the labels of the user."""

import pytest

from chart_renders import CHART
from helm_programs import named, objects_of

EVERYTHING = ("--set", "prometheusRule.enabled=true,prometheusRule.fleet=true,dashboards.enabled=true")
LONGEST = 63
"""Letters that a Service and a label may have."""


@pytest.fixture
def objects(helms):
    """Renders a release of a name, and returns its objects by ``Kind/name``."""
    return lambda name, *more: named(objects_of(helms["helm-4"].run("template", name, CHART, *more)))


def test_releases_whose_long_names_begin_alike_have_objects_of_their_own(objects):
    """No name is longer than what Kubernetes takes, and in one namespace none is that of another release."""
    alike = "customer-lifetime-value-of-subscribers-in-production"
    first, second = (objects(f"{alike}{letter}", *EVERYTHING) for letter in "ab")

    assert not set(first) & set(second)
    assert all(len(each["metadata"]["name"]) <= LONGEST for each in first.values())


def test_a_name_that_is_short_enough_stays_as_it_is(objects):
    """So what the README calls ``flights-mlexporter-configuration`` is there under this name."""
    assert "ConfigMap/flights-mlexporter-configuration" in objects("flights")


def test_every_object_bears_the_labels_of_the_user(objects):
    """The pod of the test too, and it is none of those that the Service sends callers to."""
    found = objects("flights", "--set", "commonLabels.team=ml,commonAnnotations.owner=ml")
    service = found["Service/flights-mlexporter"]["spec"]["selector"]
    tested = found["Pod/flights-mlexporter-test"]["metadata"]

    for each in found.values():
        assert each["metadata"]["labels"]["team"] == "ml"
        assert each["metadata"]["annotations"]["owner"] == "ml"
    assert not service.items() <= tested["labels"].items()
    assert tested["annotations"]["helm.sh/hook"] == "test"
