"""``WebConfigured``: what was good holds until something good takes its place."""

import logging

import pytest

from mlexporter.app.web_configured import WebConfigured
from mlexporter.errors import SettingError
from web_files import MUTUAL, TLS, WebFiles, users


@pytest.fixture
def files(tmp_path):
    return WebFiles(tmp_path)


@pytest.fixture
def configured(files):
    """Return a function that begins with a text and counts how often clients have to come anew."""

    def begin(text):
        renewed = []
        found = WebConfigured(files.write(text), on_new_clients=lambda: renewed.append(True))
        found.renewed = renewed
        return found

    return begin


def test_without_a_file():
    """Nothing is read, and nothing happens."""
    found = WebConfigured("", on_new_clients=lambda: None)
    found.look()

    assert (found.has_file, found.has_tls, found.degraded, found.reload()) == (False, False, {}, "")


def test_a_bad_file_at_the_start_is_raised(configured):
    """Nothing is served that was meant to be guarded."""
    with pytest.raises(SettingError, match="unknown key"):
        configured("basic_auth_user: {}\n")


def test_a_new_certificate_is_taken(configured, files):
    """Without a restart, and clients stay connected."""
    found = configured(TLS)
    before = found.current.tls
    found.look()
    assert found.current.tls is before

    files.issue()
    found.look()

    assert found.current.tls.fingerprint != before.fingerprint
    assert (found.degraded, found.renewed) == ({}, [])


def test_a_bad_reading_changes_nothing_and_is_told_until_it_is_over(configured, files, caplog):
    """Once in the log, however often it is looked at; the end is told too."""
    found = configured(TLS + users(prometheus="secret"))
    before = found.current
    good = (files.folder / "web.yml").read_text()
    with caplog.at_level(logging.WARNING, logger="mlexporter"):
        files.write("basic_auth_user: {}\n")
        for _ in range(3):
            found.look()
        assert found.current is before
        assert "did you mean basic_auth_users?" in found.degraded["web_config_invalid"]
        assert "did you mean basic_auth_users?" in found.reload()
        files.write(good)
        found.look()

    assert found.degraded == {}
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_a_file_that_is_gone_changes_nothing(configured, files):
    """A mount may be away for a moment."""
    found = configured(TLS)
    (files.folder / "server.key").unlink()
    found.look()

    assert "there is no such file" in found.degraded["web_config_invalid"]
    assert found.current.tls is not None


@pytest.mark.parametrize("opened", ["", "{}\n", "rate_limit: {interval: 1s, burst: 1}\n"])
def test_what_was_guarded_is_never_opened_by_a_new_reading(configured, files, opened):
    """A file that was emptied, or is just being written, would show everything to everybody."""
    found = configured(users(prometheus="secret"))
    files.write(opened)
    found.look()

    assert found.current.is_protected
    assert "restart if that is meant" in found.degraded["web_config_invalid"]


def test_tls_begins_and_ends_with_a_restart(configured, files):
    """The address of the server would be another one."""
    found = configured(TLS + users(prometheus="secret"))
    files.write(users(prometheus="secret"))
    found.look()
    assert "TLS begins or ends with a restart only" in found.degraded["web_config_invalid"]

    found = configured(users(prometheus="secret"))
    files.write(TLS + users(prometheus="secret"))
    found.look()
    assert not found.has_tls
    assert found.degraded


def test_passwords_that_were_right_stay_known(configured, files):
    """A new certificate does not make every scrape pay for bcrypt again; a new password does."""
    found = configured(TLS + users(prometheus="secret"))
    before = found.current.credentials
    files.issue()
    found.look()
    assert found.current.credentials is before

    files.write(TLS + users(prometheus="secret"))  # another salt
    found.look()
    assert found.current.credentials is not before


def test_other_clients_have_to_come_anew(configured, files):
    """Who was let in by an authority that is not trusted any more is not kept."""
    found = configured(MUTUAL)
    files.write_pem("clients.pem", files.authority.cert_pem.bytes())
    found.look()
    assert len(found.renewed) == 1
    files.write(MUTUAL + "  client_allowed_sans: [a]\n")
    assert found.reload() == ""
    assert len(found.renewed) == 2


def test_a_file_in_the_middle_of_being_written_waits(configured, files, monkeypatch):
    """What was read is thrown away where a file has changed since."""
    from mlexporter.exposition.web_config_files import ReadFiles

    found = configured(TLS)
    before = found.current
    files.issue()
    monkeypatch.setattr(ReadFiles, "have_changed", lambda _: True)
    assert "being written just now" in found.reload()
    assert found.current is before
    assert found.degraded == {}
    monkeypatch.undo()
    found.look()
    assert found.current is not before
