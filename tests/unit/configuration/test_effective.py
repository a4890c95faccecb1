"""Which settings hold: code, environment, file, default, in that order."""

from pathlib import Path

import pytest

from mlexporter.configuration.effective import effective_settings
from mlexporter.errors import SettingError
from mlexporter.settings import Settings, read_settings


def test_the_file_is_named_by_the_variable_or_by_code(path):
    """Both ways lead to its settings; code wins over the variable."""
    path.write_text("[settings]\nport = 9000\n")
    other = path.with_name("other.toml")
    other.write_text("[settings]\nport = 9001\n")
    environment = {"MLEXPORTER_CONFIG": str(path)}

    assert effective_settings(environment).port == 9000
    assert effective_settings(environment, config=str(other)).port == 9001
    assert effective_settings({**environment, "MLEXPORTER_PORT": "9002"}).port == 9002
    assert effective_settings(environment, port=9003).config == str(path)


def test_without_a_file_everything_is_as_before():
    """An empty variable is none."""
    assert effective_settings({}) == effective_settings({"MLEXPORTER_CONFIG": ""}) == Settings()


def test_a_relative_path_becomes_absolute(path, monkeypatch):
    """The working directory may change before the file is read again."""
    path.write_text("")
    monkeypatch.chdir(path.parent)
    assert effective_settings({"MLEXPORTER_CONFIG": path.name}).config == str(Path(path).absolute())


@pytest.mark.parametrize("text", ["/nowhere.toml", "a\0b", "a\nb"])
def test_a_wrong_file_raises_at_the_start(text):
    """Whoever names a file wants it."""
    with pytest.raises(SettingError):
        effective_settings({"MLEXPORTER_CONFIG": text})


def test_settings_alone_read_no_file():
    """The path is kept, and nothing is opened."""
    assert read_settings({"MLEXPORTER_CONFIG": "/nowhere.toml"}).config == "/nowhere.toml"
