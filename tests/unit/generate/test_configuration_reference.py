"""The page and the example of the configuration file come from the tables that read it."""

from pathlib import Path

import pytest

from mlexporter.configuration.configuration import EVERY_MODEL
from mlexporter.configuration.documents import CHOICES
from mlexporter.configuration.files import read_configuration
from mlexporter.configuration.objective_table import OBJECTIVES
from mlexporter.generate.alert_table import ALERT_KEYS, read_alert_table
from mlexporter.generate.configuration_reference import configuration_example, configuration_reference
from mlexporter.records import Objectives


def row_of(name):
    """Return the one row of a table that begins with a key."""
    (row,) = [line for line in configuration_reference().splitlines() if line.startswith(f"| `{name}` |")]
    return row


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda objective: objective.name)
def test_each_objective_has_a_row(objective):
    """Default, series and meaning stand in one line."""
    row = row_of(objective.name)
    assert objective.metric.name in row
    assert objective.meaning in row
    assert (objective.written or "none") in row


@pytest.mark.parametrize("name", [*CHOICES, *(key.name for key in ALERT_KEYS)])
def test_each_other_key_has_a_row(name):
    """Of features and outputs, and of alerts."""
    assert row_of(name).count("|") == 3


def test_the_example_is_a_good_file(tmp_path):
    """It reads; what it says of all models is the default, and of one everything is different."""
    path = tmp_path / "mlexporter.toml"
    path.write_text(configuration_example(), encoding="utf-8")
    found = read_configuration(str(path))
    own = found.model("late_arrival").objectives()
    assert found.model(EVERY_MODEL).objectives() == Objectives()
    assert [name for name in own._fields if getattr(own, name) == getattr(Objectives(), name)] == []
    assert set(found.model("late_arrival").features) == {"distance", "carrier"}
    assert read_alert_table(found.alerts, found.path) == {}


def test_the_example_of_the_repository_is_this_one():
    """What people copy is what was tested."""
    path = Path(__file__).parents[3] / "docs" / "examples" / "mlexporter.toml"
    assert path.read_text(encoding="utf-8") == configuration_example()
