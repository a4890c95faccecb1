"""An exporter with a web configuration: what it serves, where it refuses to, and what it tells."""

import logging

import pytest

from mlexporter.app.exporter import Exporter
from mlexporter.errors import SettingError
from mlexporter.settings import NO_DIRECTORY, Settings
from web_asking import ask, basic
from web_files import TLS, WebFiles, users


@pytest.fixture
def files(tmp_path):
    return WebFiles(tmp_path)


@pytest.fixture
def exporter(files, tmp_path):
    """Return a function that makes an exporter with a web configuration; each is closed after the test."""
    made = []

    def make(text, directory=NO_DIRECTORY):
        found = Exporter(Settings(web_config=files.write(text), dir=directory, port=0))
        made.append(found)
        return found

    yield make
    for each in made:
        each.close()


def test_it_serves_with_tls_and_passwords(exporter, files):
    """On every address the page too, for who is known."""
    handle = exporter(TLS + users(prometheus="secret")).serve(host="0.0.0.0")
    where = type("Where", (), {"host": "127.0.0.1", "port": handle.port})

    assert handle.url == f"https://127.0.0.1:{handle.port}"
    assert ask(where, context=files.context())[0] == 401
    for path in ("/metrics", "/"):
        assert ask(where, path, context=files.context(), headers=basic("prometheus", "secret"))[0] == 200


def test_a_wrong_file_is_raised_by_serve(exporter):
    """Before anything listens; counting is not touched by it."""
    found = exporter("tls_config: {}\n")

    with pytest.raises(SettingError, match="did you mean tls_server_config"):
        found.serve()
    assert found.monitor(model="a", version="1")(lambda row: 1.0)({"x": 1.0}) == 1.0


def test_a_tick_finds_a_new_file_and_a_bad_one_degrades(exporter, files):
    """Each second, on the thread of the evaluator; the page and the series tell."""
    found = exporter(users(prometheus="secret"))
    found.serve()
    files.write("basic_auth_users: {prometheus: secret}\n")
    found._tick()
    assert "no bcrypt hash" in found.view().degraded["web_config_invalid"]
    files.write(users(prometheus="new"))
    found._tick()
    assert found.view().degraded == {}


def test_what_is_mounted_is_guarded_by_its_application(exporter, caplog):
    """The log says that the file does not hold there."""
    found = exporter(users(prometheus="secret"))
    with caplog.at_level(logging.WARNING, logger="mlexporter"):
        found.asgi_app()
        found.wsgi_app()

    assert [record.getMessage().count("is not guarded by") for record in caplog.records] == [1, 1]


@pytest.mark.parametrize("directory", [True, False])
def test_who_monitors_nothing_counts_refusals_too(exporter, tmp_path, directory):
    """As `mlexporter serve` does: it has no slot in the directory, and is the one who is attacked."""
    found = exporter(users(prometheus="secret"), str(tmp_path / "counts") if directory else NO_DIRECTORY)
    handle = found.serve(0)
    for _ in range(3):
        assert ask(handle)[0] == 401

    assert found.view().exporter.access_denied == {("request", "no_credentials"): 3}
    found.monitor(model="a", version="1")(lambda row: 1.0)({"x": 1.0})
    assert found.view().exporter.access_denied == {("request", "no_credentials"): 3}
