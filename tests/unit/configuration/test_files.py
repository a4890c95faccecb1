"""The file itself: where it is, how large, what it is written in."""

import os

import pytest

from mlexporter.configuration.files import LARGEST_BYTES, read_configuration, stamp_of
from mlexporter.errors import SettingError


def refusal(path):
    """Return the message with which the file is refused; it names the file."""
    with pytest.raises(SettingError) as caught:
        read_configuration(str(path))
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


def test_an_empty_file_says_nothing(read, path):
    """It is good, and everything keeps its default."""
    found = read("")
    assert (found.path, dict(found.settings), dict(found.models)) == (str(path), {}, {})


def test_a_byte_order_mark_is_no_mistake(path):
    """Editors of Windows write it."""
    path.write_bytes(b"\xef\xbb\xbf[models.a]\nminimum_requests = 7\n")
    assert read_configuration(str(path)).model("a").objectives().minimum_requests == 7


def test_a_missing_file(path):
    """The way out is the variable, or the file."""
    assert "no such file" in refusal(path)
    assert "MLEXPORTER_CONFIG" in refusal(path)


def test_a_directory(tmp_path):
    """It names no file."""
    assert "directory" in refusal(tmp_path)


def test_a_pipe_is_not_waited_for(path):
    """Opening it would stand still until somebody writes."""
    os.mkfifo(path)
    assert "no file" in refusal(path)


def test_a_name_that_no_file_can_have(tmp_path):
    """The operating system's reason stands in the message."""
    assert "cannot be read" in refusal(tmp_path / ("x" * 300))


def test_a_large_file_is_not_read(path):
    """One byte more than the cap is refused; the cap itself is read."""
    path.write_bytes(b"#" * LARGEST_BYTES)
    assert dict(read_configuration(str(path)).models) == {}
    path.write_bytes(b"#" * (LARGEST_BYTES + 1))
    assert "larger than" in refusal(path)


def test_text_that_is_no_utf_8(path):
    """The line is told."""
    path.write_bytes(b"[models.a]\n# \xff\n")
    assert "line 2" in refusal(path)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[models.a]\nminimum_requests = \n", "line 2"),
        ("[models.a]\n[models.a]\n", "line 2"),
        ("a = " + "9" * 5000, "no TOML"),
        ("a = " + "[" * 5000, "too deep"),
    ],
)
def test_a_mistake_of_syntax_tells_its_line(path, text, hint):
    """What tomllib finds is handed on, and what it trips over is no traceback."""
    path.write_text(text)
    assert hint in refusal(path)


def test_the_stamp_changes_with_the_file_and_with_the_link(tmp_path, path):
    """Writing is seen, and so is a link that is swapped for another, as Kubernetes does."""
    assert stamp_of(str(path)) is None
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("# same")
    os.utime(tmp_path / "one" / "file", ns=(1, 1))
    os.utime(tmp_path / "two" / "file", ns=(1, 1))
    (tmp_path / "data").symlink_to("one")
    path.symlink_to("data/file")
    before = stamp_of(str(path))
    (tmp_path / "new").symlink_to("two")
    (tmp_path / "new").rename(tmp_path / "data")
    assert stamp_of(str(path)) != before
