"""A metric that was renamed is exposed under both names, by every way out, and a setting is read under both."""

import logging

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from mlexporter import catalogue
from mlexporter.app import Exporter
from mlexporter.app.configured import Configured
from mlexporter.catalogue import Renamed
from mlexporter.configuration.files import read_configuration
from mlexporter.errors import SettingError
from mlexporter.exposition.collector import Collector
from mlexporter.exposition.families import collect
from mlexporter.exposition.text import render_openmetrics, render_text
from mlexporter.settings import Settings, misspelt_variables, read_settings, renamed_variables

COUNTER = Renamed("metric", "ml_rows_total", catalogue.PREDICTIONS.name, "0.2")
HISTOGRAM = Renamed("metric", "ml_call_seconds", catalogue.PREDICTION_DURATION.name, "0.2")
SETTING = Renamed("setting", "addr", "host", "0.2")
KEY = Renamed("key", "models.*.least_requests", "models.*.minimum_requests", "0.2")


@pytest.fixture
def renamed(monkeypatch):
    """Return a function that plants rows of renamed things."""
    return lambda *rows: monkeypatch.setattr(catalogue, "RENAMED", rows)


def families_of(text):
    """Return the text of each family."""
    return ["# HELP " + part for part in text.decode().removesuffix("# EOF\n").split("# HELP ")[1:]]


@pytest.mark.parametrize("render", [render_text, render_openmetrics])
@pytest.mark.parametrize("row", [COUNTER, HISTOGRAM])
def test_an_alias_differs_by_name_and_help_alone(view, now, renamed, render, row):
    """Byte for byte, in both formats, and right behind the family itself; all others stay as they are."""
    before = families_of(render(collect(view, now=now)))
    renamed(row)
    after = families_of(render(collect(view, now=now)))

    (place,) = (index for index, family in enumerate(after) if f"Deprecated: use {row.new}." in family)
    own, alias = after[place - 1], after.pop(place)
    told = catalogue.metric_named(row.new).help
    named = own.replace(told, "HELP").replace(row.new.removesuffix("_total"), row.old.removesuffix("_total"))
    assert named == alias.replace(f"Deprecated: use {row.new}.", "HELP")
    assert [family for family in after if catalogue.SERIES.name not in family] == [
        family for family in before if catalogue.SERIES.name not in family
    ]


def test_aliases_are_series_too(view, scrape, now, renamed):
    """What says how many series there are counts them."""
    name = catalogue.SERIES.name
    before = scrape(view, now=now)
    renamed(COUNTER, HISTOGRAM, Renamed("metric", "mlexporter_lines", name, "0.2"))
    after = scrape(view, now=now)

    assert after[name, frozenset()] == len(after)
    assert after["mlexporter_lines", frozenset()] == len(after)
    assert len(after) > len(before)


def test_a_registry_of_others_has_them_too(view, renamed):
    """It knows them before they are scraped, so that a clash shows when they are registered."""
    renamed(COUNTER)
    registry = CollectorRegistry()
    registry.register(Collector(lambda: view))

    assert b"ml_rows_total{" in generate_latest(registry)
    with pytest.raises(ValueError, match="Duplicated"):
        registry.register(Collector(lambda: view))


def test_a_push_has_them_too(view, now, renamed):
    """The same families are sent; an alias has its own name there, and not that of a convention."""
    renamed(COUNTER)

    names = [family.metric.otlp_name or family.metric.name for family in collect(view, now=now)]

    assert "ml_rows_total" in names


def test_an_old_setting_works_and_is_told_once(renamed, monkeypatch, caplog):
    """The new name wins; nobody takes the old one for a mistake."""
    renamed(SETTING)
    old = {"MLEXPORTER_ADDR": "10.0.0.1"}

    assert read_settings(old).host == "10.0.0.1"
    assert read_settings({**old, "MLEXPORTER_HOST": "10.0.0.2"}).host == "10.0.0.2"
    assert read_settings(old, file={"host": "10.0.0.3"}).host == "10.0.0.1"
    with pytest.raises(SettingError, match="MLEXPORTER_ADDR"):
        read_settings({"MLEXPORTER_ADDR": "a b"})
    assert renamed_variables(old) == {"MLEXPORTER_ADDR": "MLEXPORTER_HOST"}
    assert misspelt_variables(old) == {}
    monkeypatch.setenv("MLEXPORTER_ADDR", "10.0.0.1")
    with caplog.at_level(logging.WARNING):
        exporter = Exporter()
    assert exporter.settings.host == "10.0.0.1"
    assert caplog.text.count("MLEXPORTER_ADDR is called MLEXPORTER_HOST now") == 1
    exporter.close()


def test_an_old_key_works_and_is_told_once(renamed, tmp_path, caplog):
    """Of settings and of models; where both stand there the new one is taken."""
    renamed(SETTING, KEY)
    path = tmp_path / "mlexporter.toml"
    path.write_text(
        '[settings]\naddr = "10.0.0.1"\n[models.a]\nleast_requests = 3\n'
        '[models."*"]\nleast_requests = 4\nminimum_requests = 5\n'
    )

    found = read_configuration(str(path))

    assert found.settings == {"host": "10.0.0.1"}
    assert found.model("a").objectives().minimum_requests == 3
    assert found.model("b").objectives().minimum_requests == 5
    assert len(found.old_keys) == 3
    configured = Configured(Settings(config=str(path)), wall_clock=lambda: 1.0)
    for _ in range(3):
        configured.look()
    assert caplog.text.count("least_requests is called minimum_requests now") == 2
    assert caplog.text.count("addr is called host now") == 1


def test_today_nothing_is_renamed():
    """0.1 is the first version."""
    assert catalogue.RENAMED == ()
