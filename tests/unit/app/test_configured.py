"""The file in a running process: a good change holds at once, a bad one changes nothing and is loud."""

import logging
import os
from unittest.mock import Mock

import pytest

from mlexporter.app.configured import INVALID, Configured
from mlexporter.catalogue import DEGRADED_REASONS
from mlexporter.errors import SettingError
from mlexporter.settings import Settings


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mlexporter.toml"


def write(path, requests, settings=""):
    """Replace the file in one step, as it is done where others read it."""
    new = path.with_suffix(".new")
    new.write_text(f"{settings}\n[models.a]\nminimum_requests = {requests}\n")
    new.replace(path)


def requests(configured):
    return configured.model("a").objectives().minimum_requests


@pytest.fixture
def clock():
    """Unix seconds that are set by hand."""
    return Mock(return_value=1000.0)


@pytest.fixture
def configured(path, clock):
    """What reads a file that asks for 10 requests."""
    write(path, 10)
    return Configured(Settings(config=str(path)), wall_clock=clock)


def test_without_a_file_there_is_nothing(clock):
    """No state, no model, nothing degraded, and looking does nothing."""
    configured = Configured(Settings(), wall_clock=clock)
    configured.look()
    assert (configured.state, configured.model("a"), configured.degraded) == (None, None, {})
    assert not configured.has_file


def test_a_wrong_file_raises_at_the_start(path, clock):
    """It is the mistake of somebody who is looking."""
    with pytest.raises(SettingError, match="no such file"):
        Configured(Settings(config=str(path)), wall_clock=clock)


def test_a_change_is_read_once(configured, path, clock, caplog):
    """And a file that is as it was is not read at all."""
    assert configured.state == (True, 1000.0)
    clock.return_value = 2000.0
    configured.look()
    assert configured.state == (True, 1000.0)
    write(path, 20)
    configured.look()
    configured.look()
    assert requests(configured) == 20
    assert configured.state == (True, 2000.0)
    assert caplog.text.count("read anew") == 1


def test_a_bad_change_keeps_what_was_good_and_is_told_once(configured, path, clock, caplog):
    """Log, series and reason; when it is mended it is over."""
    clock.return_value = 2000.0
    write(path, "'x'")
    for _ in range(3):
        configured.look()
    assert requests(configured) == 10
    assert configured.state == (False, 1000.0)
    assert "minimum_requests = 'x'" in configured.degraded[INVALID]
    assert INVALID in DEGRADED_REASONS
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    write(path, 30)
    configured.look()
    assert (requests(configured), configured.degraded, configured.state) == (30, {}, (True, 2000.0))


def test_a_file_that_goes_and_comes_back(configured, path):
    """Even if it comes back with the very same stamp."""
    aside = path.with_name("aside")
    path.rename(aside)
    configured.look()
    assert "no such file" in configured.degraded[INVALID]
    assert requests(configured) == 10
    aside.rename(path)
    configured.look()
    assert (configured.degraded, configured.state.is_good) == ({}, True)


def test_a_change_of_settings_waits_for_the_next_start(configured, path, caplog):
    """The log names them."""
    write(path, 10, "[settings]\nport = 1\nhost = 'h'")
    configured.look()
    assert "next start only: host, port" in caplog.text


def test_a_file_that_is_written_during_the_reading_is_read_again(configured, path, monkeypatch):
    """What may be half of it is not believed."""
    from mlexporter.configuration import files

    stamps = iter([files.Stamp(1, 1, 1, 1), files.Stamp(1, 1, 2, 2)])
    write(path, 20)
    with monkeypatch.context() as patch:
        patch.setattr(files, "stamp_of", lambda _: next(stamps))
        configured.look()
    assert requests(configured) == 10
    configured.look()
    assert requests(configured) == 20


def test_a_config_map_is_followed(tmp_path, clock):
    """Kubernetes swaps a link to a folder; the path of the file stays."""
    for name, count in (("one", 1), ("two", 2)):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "mlexporter.toml", count)
        os.utime(tmp_path / name / "mlexporter.toml", ns=(1, 1))
    (tmp_path / "..data").symlink_to("one")
    (tmp_path / "mlexporter.toml").symlink_to("..data/mlexporter.toml")
    configured = Configured(Settings(config=str(tmp_path / "mlexporter.toml")), wall_clock=clock)
    (tmp_path / "new").symlink_to("two")
    (tmp_path / "new").replace(tmp_path / "..data")
    configured.look()
    assert requests(configured) == 2


def test_a_setting_that_was_taken_back_waits_for_nothing(path, configured, caplog):
    """What runs is what it was started with; going back to it is no change."""
    write(path, 10, "[settings]\nport = 9500")
    configured.look()
    caplog.clear()
    write(path, 11)
    configured.look()
    assert "next start" not in caplog.text
    assert requests(configured) == 11


def test_a_reload_reads_what_a_look_would_not(configured, path):
    """A file of the same stamp is no other one for a look; who asks for a reading gets one."""
    stamp = path.stat()
    path.write_text(path.read_text().replace("10", "20"))
    os.utime(path, ns=(stamp.st_mtime_ns, stamp.st_mtime_ns))
    configured.look()
    assert requests(configured) == 10

    is_good, sentence = configured.reload()

    assert (is_good, requests(configured)) == (True, 20)
    assert sentence == f"{path} was read; what it says of models holds from now on"


def test_a_reload_of_a_bad_file_says_why_and_keeps_what_was_good(configured, path):
    """Each time it is asked for; the log tells it once."""
    write(path, "'x'")
    for _ in range(2):
        is_good, sentence = configured.reload()
        assert is_good is False
        assert "minimum_requests = 'x'" in sentence
    assert requests(configured) == 10
    write(path, 30)
    assert configured.reload()[0] is True
    assert (requests(configured), configured.degraded) == (30, {})


def test_a_reload_names_the_settings_that_wait(configured, path):
    """They do not hold, whatever else does."""
    write(path, 10, "[settings]\nport = 1\nhost = 'h'")
    for _ in range(2):
        assert configured.reload()[1].endswith("; these settings change with the next start only: host, port")


def test_a_reload_without_a_file_says_that_there_is_none(clock):
    """It is neither good nor bad."""
    assert Configured(Settings(), wall_clock=clock).reload()[0] is None


def test_a_reload_of_a_file_that_is_written_all_the_time_gives_up(configured, path, monkeypatch):
    """It says so, instead of believing a part or reading for ever."""
    from mlexporter.configuration import files

    write(path, 20)
    sizes = iter(range(100))
    with monkeypatch.context() as patch:
        patch.setattr(files, "stamp_of", lambda _: files.Stamp(1, 1, next(sizes), 1))
        is_good, sentence = configured.reload()
    assert (is_good, requests(configured)) == (False, 10)
    assert "written just now" in sentence
