"""The table of settings: every value from the environment or from code, and every refusal."""

import pytest

from mlexporter.errors import SettingError
from mlexporter.settings import SETTINGS, Settings, parse_duration, read_settings


def test_defaults_of_the_table_are_those_of_the_record():
    """An empty environment gives exactly the defaults of ``Settings``."""
    parsed = {setting.name: setting.parse(setting.default) for setting in SETTINGS}

    assert Settings(**parsed) == Settings() == read_settings({})


def test_every_setting_is_a_field_and_has_a_meaning():
    """Table and record name the same settings, and each says what it is for."""
    assert set(Settings._fields) == {setting.name for setting in SETTINGS}
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)


def test_environment_is_read_and_overrides_win():
    """A variable sets a value; an argument of the call beats it; None means not given."""
    environment = {"MLEXPORTER_PORT": "9000", "MLEXPORTER_STRICT": "yes", "OTHER": "x"}

    settings = read_settings(environment, port=9001, strict=None)

    assert settings.port == 9001
    assert settings.strict is True


def test_a_port_that_kubernetes_has_set_is_none():
    """A Service called mlexporter makes it, in every pod of its namespace: no worker may fail for it."""
    assert read_settings({"MLEXPORTER_PORT": "tcp://10.0.0.1:9469"}).port == 9469
    assert read_settings({"MLEXPORTER_PORT": "tcp://10.0.0.1:9469"}, file={"port": "9470"}).port == 9470
    assert read_settings({"MLEXPORTER_PORT": "9471"}, file={"port": "9470"}).port == 9471


def test_windows_are_sorted_by_length():
    """Windows come shortest first, whatever the order in which they were given."""
    settings = read_settings({"MLEXPORTER_WINDOWS": "1d, 90m,30s"})

    assert settings.window_seconds == {"30s": 30.0, "90m": 5400.0, "1d": 86400.0}


def test_a_tuple_of_windows_is_accepted_from_code():
    """Code may pass the windows as a tuple."""
    assert read_settings({}, windows=("6h", "1h")).windows == ("1h", "6h")


@pytest.mark.parametrize(
    ("variable", "text", "hint"),
    [
        ("MLEXPORTER_PORT", "http", "whole number"),
        ("MLEXPORTER_PORT", "65536", "from 0 to 65535"),
        ("MLEXPORTER_WINDOWS", "1x", "such as 1h"),
        ("MLEXPORTER_WINDOWS", "0h", "above 0"),
        ("MLEXPORTER_WINDOWS", " , ", "at least one"),
        ("MLEXPORTER_WINDOWS", "60m,1h", "one length"),
        ("MLEXPORTER_STRICT", "maybe", "1 or 0"),
        ("MLEXPORTER_EVALUATION_INTERVAL", "nan", "above 0"),
        ("MLEXPORTER_EVALUATION_INTERVAL", "-1", "above 0"),
        ("MLEXPORTER_LATENCY_OBJECTIVE", "soon", "above 0"),
        ("MLEXPORTER_MEASURES", "some", "default, all"),
        ("MLEXPORTER_HOST", "", "address"),
        ("MLEXPORTER_HOST", "a b", "address"),
    ],
)
def test_an_impossible_value_names_variable_value_and_way_out(variable, text, hint):
    """A refusal names the variable, quotes the value and says what would do."""
    with pytest.raises(SettingError) as caught:
        read_settings({variable: text})

    message = str(caught.value)
    assert variable in message
    assert repr(text) in message
    assert hint in message


def test_an_unknown_setting_lists_the_known_ones():
    """A misspelt setting is refused with the names that exist."""
    with pytest.raises(SettingError, match=r"unknown setting 'prot'; known are: .*port"):
        read_settings({}, prot=1)


def test_an_empty_latency_objective_is_none():
    """An empty text switches the objective off; a number becomes seconds."""
    assert read_settings({"MLEXPORTER_LATENCY_OBJECTIVE": ""}).latency_objective is None
    assert read_settings({"MLEXPORTER_LATENCY_OBJECTIVE": "0.3"}).latency_objective == 0.3


def test_duration_in_weeks():
    """One hand-computed case: 2w = 2 x 7 x 86,400 s."""
    assert parse_duration("2w") == 1_209_600.0
