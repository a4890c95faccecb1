"""What the chart renders by default and in its two modes, as files that a change of the chart is seen in.

They are written anew by ``MLEXPORTER_WRITE_GOLDEN=1 .venv/bin/python -m pytest -q tests/integration/chart/test_golden_renders.py``.
Rules and dashboards are left out: other tests hold that they are the generated ones; so are the chart's versions.
"""

import os
import re

import pytest
import yaml

from chart_renders import CHART, ROOT
from helm_programs import objects_of

GOLDEN = ROOT / "tests" / "data" / "chart"
NAMES = ("default", "standalone", "sidecar")


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as lines."""


def _as_lines(dumper, text):
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _as_lines)


def comparable(text):
    """Return a render in which only the chart's templates speak."""
    metadata = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    for each, name in ((metadata["appVersion"], "APP_VERSION"), (metadata["version"], "VERSION")):
        text = re.sub(rf"(?<![\d.]){re.escape(str(each))}(?![\d.])", name, text)
    objects = objects_of(text)
    for each in objects:
        if each["kind"] == "PrometheusRule":
            each["spec"]["groups"] = [group["name"] for group in each["spec"]["groups"]]
        if each["kind"] == "ConfigMap" and "-dashboard-" in each["metadata"]["name"]:
            each["data"] = sorted(each.get("data", {}))
    return yaml.dump_all(objects, Dumper=_Dumper, width=120, sort_keys=True)


@pytest.mark.parametrize("values", NAMES)
def test_the_chart_renders_what_it_rendered(renders, values):
    """A change that is meant is written anew and looked at; one that is not meant is found here."""
    path = GOLDEN / f"{values}.yaml"
    found = comparable(renders.text(values))
    if os.environ.get("MLEXPORTER_WRITE_GOLDEN"):
        path.write_text(found, encoding="utf-8")

    assert found == path.read_text(encoding="utf-8")
