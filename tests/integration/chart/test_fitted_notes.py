"""What Helm tells after an install: what is left to do, in each mode, with names that exist."""

import json
import shutil

import pytest

from chart_renders import CHART
from helm_programs import named, objects_of

MODEL = {"containers": [{"name": "model", "image": "fares:3"}]}
_SHOWN = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: notes}
data:
  notes: {{ include (print $.Template.BasePath "/NOTES.txt") . | quote }}
"""


@pytest.fixture(scope="module")
def showing(tmp_path_factory):
    """A copy of the chart that has its notes in a ConfigMap, for `helm template` keeps them to itself."""
    copy = tmp_path_factory.mktemp("chart") / "mlexporter"
    shutil.copytree(CHART, copy)
    (copy / "templates" / "notes.yaml").write_text(_SHOWN, encoding="utf-8")
    return copy


@pytest.fixture
def notes(helms, showing, tmp_path):
    """Returns the notes of values, and the objects by ``Kind/name``."""

    def told(values):
        path = tmp_path / "values.yaml"
        path.write_text(json.dumps(values), encoding="utf-8")
        objects = named(objects_of(helms["helm-4"].render(showing, "--values", path)))
        return objects.pop("ConfigMap/notes")["data"]["notes"], objects

    return told


def test_the_default_says_that_the_image_has_to_be_built_and_how_jobs_count(notes):
    """And that nobody scrapes it yet."""
    text, objects = notes({})

    assert "image.registry is empty" in text
    assert "ml-mlexporter-counts at /counts" in text
    assert "PersistentVolumeClaim/ml-mlexporter-counts" in objects
    assert "service/ml-mlexporter 9469:9469" in text
    assert "Service/ml-mlexporter" in objects
    assert "helm test ml --namespace models" in text
    assert "Nothing of this release tells Prometheus" in text


def test_what_is_done_is_not_told(notes):
    """A registry, a monitor or a push, and pods that are judged together."""
    text, _ = notes({"image": {"registry": "x"}, "podMonitor": {"enabled": True}})
    assert "image.registry" not in text
    assert "tells Prometheus" not in text

    text, _ = notes({"settings": {"push": True}})
    assert "tells Prometheus" not in text

    text, _ = notes(
        {
            "mode": "sidecar",
            "model": MODEL | {"replicas": 2},
            "prometheusRule": {"enabled": True, "fleet": True},
        }
    )
    assert "WARNING" not in text


def test_pods_that_are_judged_apart_are_a_warning(notes):
    """Each of a third of the rows: only where these rules are loaded, and there are several pods."""
    rules = {"prometheusRule": {"enabled": True}}

    assert "WARNING" in notes({"mode": "sidecar", "model": MODEL | {"replicas": 3}, **rules})[0]
    assert (
        "WARNING"
        in notes({"mode": "sidecar", "model": MODEL | {"autoscaling": {"enabled": True}}, **rules})[0]
    )
    assert "WARNING" not in notes({"mode": "sidecar", "model": MODEL, **rules})[0]


def test_a_patch_is_told_with_its_commands(notes):
    """With the name of the ConfigMap that holds it."""
    text, objects = notes(
        {"mode": "none", "attach": {"kind": "StatefulSet", "name": "fares", "containers": ["model"]}}
    )

    assert "get configmap ml-mlexporter-patch" in text
    assert "ConfigMap/ml-mlexporter-patch" in objects
    assert "'go-template={{index .data \"patch.yaml\"}}'" in text
    assert "patch statefulset fares --patch-file" in text


def test_a_test_is_told_where_there_is_one(notes):
    """Not where it is switched off, or would need a certificate."""
    certificates = {"webConfig": {"existingSecret": "web", "tls": True, "clientCertificates": True}}
    for values in ({"tests": {"enabled": False}}, {"service": {"enabled": False}}, certificates):
        text, objects = notes(values)
        assert "helm test" not in text
        assert "Pod/ml-mlexporter-test" not in objects
