"""Names that users write down elsewhere are kept for two minor versions; a name that vanishes is found here."""

import json

import pytest

from mlexporter import catalogue
from mlexporter._version import __version__
from mlexporter.catalogue import Renamed
from mlexporter.cli import command_line, public_names
from mlexporter.cli.public_names import (
    minor_of,
    names_of_today,
    overdue,
    released_names,
    released_names_file,
    vanished,
)


@pytest.fixture(scope="module")
def today():
    return names_of_today(command_line)


def test_no_released_name_has_vanished(today):
    """Compared with this minor version and the two before it."""
    assert vanished(today, released_names()) == []


def test_no_row_of_a_renamed_thing_is_overdue():
    """Two minor versions after a name came its old one may go, and so may what keeps it."""
    assert overdue(released_names()) == []


def test_every_row_names_something_of_today(today):
    """The new name of each is there, and the old one is not."""
    for each in catalogue.RENAMED:
        assert each.new in today[each.kind], each
        assert each.old not in today[each.kind], each


def test_the_file_of_this_minor_version_has_every_name_of_today(today):
    """It is written with all that is generated."""
    ((path, content),) = released_names_file(today).items()

    assert path == f"{public_names.FOLDER}/{minor_of(__version__)}.json"
    assert {kind: frozenset(names) for kind, names in json.loads(content).items()} == released_names()[
        minor_of(__version__)
    ]


def test_every_kind_of_name_is_found(today):
    """One of each kind that a person would look for."""
    for kind, name in {
        "metric": "ml_predictions_total",
        "label": "ml_predictions_total.model_name",
        "recorded series": "model_feature:ml_feature_drift_severity:summed1h",
        "alert": "MLFeatureDrift",
        "setting": "snapshot_dir",
        "key": "models.*.features.*.threshold",
        "command": "generate alerts",
        "option": "serve --log-format",
        "chart value": "prometheusRule.enabled",
    }.items():
        assert name in today[kind], sorted(today[kind])[:20]
    assert "models.*.quality_tolerance.accuracy" in today["key"]


@pytest.mark.parametrize(
    "kind",
    ["metric", "label", "recorded series", "alert", "setting", "key", "command", "option", "chart value"],
)
def test_a_name_that_vanishes_is_found(today, kind, monkeypatch):
    """Unless a row says what it is called now; then nothing is wrong."""
    released = {minor_of(__version__): today}
    name = min(today[kind])
    fewer = {**today, kind: today[kind] - {name}}

    (found,) = vanished(fewer, released)

    assert found.startswith(f"{kind} {name} of ")
    monkeypatch.setattr(public_names, "RENAMED", (Renamed(kind, name, max(today[kind]), "0.2"),))
    assert vanished(fewer, released) == []
    assert overdue(released) == []


def test_an_old_name_is_kept_for_two_minor_versions(monkeypatch):
    """Renamed in 0.2, it is kept in 0.2 and 0.3; in 0.4 its row has to go, and no earlier version counts."""
    old, new = {"metric": frozenset({"ml_old"})}, {"metric": frozenset({"ml_new"})}
    released = {"0.1": old, "0.2": new, "0.3": new, "0.4": new, "0.10": new}

    for version, is_missed in (("0.2.0", True), ("0.3.1", True), ("0.4.0", False), ("0.10.0", False)):
        assert bool(vanished(new, released, version=version)) == is_missed
    monkeypatch.setattr(public_names, "RENAMED", (Renamed("metric", "ml_old", "ml_new", "0.2"),))
    for version, is_overdue in (("0.2.0", False), ("0.3.1", False), ("0.4.0", True)):
        assert vanished(new, released, version=version) == []
        assert overdue(released, version=version) == (["metric ml_old"] if is_overdue else [])


def test_writing_the_file_takes_no_name_away(today, tmp_path, monkeypatch):
    """What a version had once it has for ever; versions are in their order, and other files are none."""
    monkeypatch.setattr(public_names, "_RELEASED", tmp_path)
    for minor in ("0.10", "0.9", minor_of(__version__)):
        (tmp_path / f"{minor}.json").write_text(json.dumps({"metric": ["ml_gone"]}))
    (tmp_path / "notes.json").write_text("[]")

    ((_, content),) = released_names_file(today).items()

    assert {"ml_gone", "ml_predictions_total"} <= set(json.loads(content)["metric"])
    assert list(released_names()) == sorted(
        {"0.9", "0.10", minor_of(__version__)}, key=lambda m: [*map(int, m.split("."))]
    )
