import pytest

from mlexporter.demo.history.folder import ABOUT, check_folder, size_of, whole_folder, write_about
from mlexporter.errors import ConfigurationError


def fill(folder, text="x"):
    with whole_folder(folder) as hidden:
        (hidden / "data").write_text(text, encoding="utf-8")
        write_about(hidden, {"now": 7})


def test_a_folder_appears_when_it_is_whole(tmp_path):
    """Until then there is a hidden one."""
    out = tmp_path / "deep" / "out"
    with whole_folder(out) as hidden:
        assert not out.exists()
        assert hidden.name.startswith(".out-unfinished-")
        write_about(hidden, {})
    assert [path.name for path in out.iterdir()] == [ABOUT]
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_what_is_interrupted_leaves_nothing(tmp_path):
    """Whatever ends it."""
    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path / "out"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_history_stays_until_the_next_is_whole(tmp_path):
    """And is replaced then."""
    out = tmp_path / "out"
    fill(out, "old")
    with pytest.raises(ValueError, match="in between"), whole_folder(out):
        raise ValueError("in between")
    assert (out / "data").read_text(encoding="utf-8") == "old"
    fill(out, "new")
    assert (out / "data").read_text(encoding="utf-8") == "new"
    assert list(tmp_path.iterdir()) == [out]


def test_nothing_but_a_history_is_replaced(tmp_path):
    """New, empty and own folders are fine."""
    check_folder(tmp_path / "new")
    check_folder(tmp_path)
    fill(tmp_path / "own")
    check_folder(tmp_path / "own")
    with pytest.raises(ConfigurationError, match="something else"):
        check_folder(tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="it is a file"):
        check_folder(tmp_path / "file")
    (tmp_path / ABOUT).write_text("[]", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="something else"):
        check_folder(tmp_path)


def test_the_size_is_that_of_all_files(tmp_path):
    """In folders of folders, too."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"123")
    (tmp_path / "c").write_bytes(b"45")
    assert size_of(tmp_path) == 5
