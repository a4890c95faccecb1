import dataclasses

import pytest

from mlexporter.demo.history.blocks import BlockMaker
from mlexporter.demo.history.pods import play_pods
from mlexporter.errors import EnvironmentDegradedError

pytestmark = pytest.mark.slow  # each pod is a process


@pytest.fixture
def maker(tmp_path):
    """A maker of blocks whose program keeps what it is given."""
    tool = tmp_path / "promtool"
    tool.write_text(
        f"#!/bin/sh\nfor last; do :; done\nmkdir -p $last\ncp {tmp_path}/chunk*.om $last\n", encoding="utf-8"
    )
    tool.chmod(0o755)
    return BlockMaker(str(tool), tmp_path / "data", lambda child: None)


def test_all_chunks_of_all_pods_become_blocks(plan, maker, tmp_path):
    """With the marks; in between nothing is left but windows and logs."""
    plans = [plan, dataclasses.replace(plan, number=0)]
    told = []
    n_series, n_samples = play_pods(
        plans, maker, tmp_path, lambda chunk: b"mark 1 %d\n" % chunk.begins, lambda *progress: told.append(progress)
    )  # fmt: skip
    n_chunks = len(plan.chunks)
    assert told == [(number + 1, n_chunks) for number in range(n_chunks)]
    assert maker.made == n_chunks
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "data").glob("chunk*.om"))
    assert text.count("# EOF\n") == text.count("mark 1 ") == n_chunks
    assert text.count("\n") == n_samples + 2 * n_chunks
    assert {f'instance="pod-{number}"' in text for number in (1, 2)} == {True}
    assert 2000 < n_series < 20_000
    assert not list(tmp_path.glob("*.om"))


def test_a_pod_that_fails_is_told(plan, maker, tmp_path):
    """With what it said."""
    broken = dataclasses.replace(plan, side_profile=tmp_path / "none.json")
    with pytest.raises(EnvironmentDegradedError, match=r"pod-2 failed: (.|\n)*none\.json"):
        play_pods([broken], maker, tmp_path, lambda chunk: b"", lambda *progress: None)
