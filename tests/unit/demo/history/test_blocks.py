import pytest

from mlexporter.demo.history.blocks import BlockMaker, join_samples
from mlexporter.errors import EnvironmentDegradedError


@pytest.fixture
def tool(tmp_path):
    """Return what writes a program that is called as promtool is."""

    def write(text):
        path = tmp_path / "promtool"
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return write


def test_files_become_blocks_in_order_and_are_removed(tool, tmp_path):
    """One at a time."""
    storage = tmp_path / "data"
    maker = BlockMaker(tool(f'echo "$@" >> {tmp_path}/asked'), storage, lambda child: None)
    paths = [tmp_path / f"{name}.om" for name in "ab"]
    for path in paths:
        path.write_text("x", encoding="utf-8")
        maker.add(path, 54 * 3600)
    assert maker.backlog > 0
    maker.finish()
    assert (maker.backlog, maker.made) == (0, 2)
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert [line.split()[-2:] for line in asked] == [[str(path), str(storage)] for path in paths]
    assert all("--max-block-duration=54h" in line for line in asked)
    assert not any(path.exists() for path in paths)


def test_a_failure_is_told_with_its_last_words(tool, tmp_path):
    """And the file stays for whoever wants to know."""
    maker = BlockMaker(tool("echo no such thing; exit 3"), tmp_path, lambda child: None)
    path = tmp_path / "a.om"
    path.write_text("x", encoding="utf-8")
    maker.add(path, 7200)
    with pytest.raises(EnvironmentDegradedError, match=r"a\.om: no such thing"):
        maker.finish()
    assert path.exists()


def test_samples_are_joined_into_one_whole_file(tmp_path):
    """The parts are gone, and the end is marked."""
    parts = [tmp_path / name for name in ("a", "b")]
    for part in parts:
        part.write_text(f"{part.name} 1 2\n", encoding="utf-8")
    join_samples(parts, b"mark 1 2\n", tmp_path / "whole")
    assert (tmp_path / "whole").read_text(encoding="utf-8") == "a 1 2\nb 1 2\nmark 1 2\n# EOF\n"
    assert not any(part.exists() for part in parts)
