import itertools

import pytest

from mlexporter.demo.history.era import DAY, HOUR, era_of
from mlexporter.demo.history.steps import LOOKBACK, PAST_STEP, RECENT_STEP, stretches_of

NOW = 1_795_337_000.0


@pytest.fixture(params=[36 * HOUR, 8 * DAY, 270 * DAY], ids=["36h", "8d", "9mo"])
def era(request):
    return era_of(request.param, NOW)


def test_stretches_follow_one_another_and_get_finer(era):
    """From the beginning to the end of the era, no scrape twice."""
    stretches = stretches_of(era)
    assert (stretches[0].begins, stretches[-1].ends) == (era.begins, era.ends)
    assert all(old.ends == new.begins for old, new in itertools.pairwise(stretches))
    steps = [stretch.step for stretch in stretches]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == RECENT_STEP
    moments = [moment for stretch in stretches for moment in stretch.moments()]
    assert moments == sorted(set(moments))


def test_evaluations_and_steps_fit(era):
    """Each stretch begins at a multiple of its step, and evaluates at scrapes."""
    for stretch in stretches_of(era):
        assert stretch.begins % stretch.step == 0
        assert stretch.evaluation % stretch.step == 0


def test_a_sample_is_good_until_the_next_one():
    """Else instant queries about months ago would answer nothing."""
    assert LOOKBACK > PAST_STEP


def test_chunks_lie_within_one_block_each(era):
    """Promtool reads a file once for each block that it touches."""
    for stretch in stretches_of(era):
        chunks = stretch.chunks()
        assert [moment for chunk in chunks for moment in chunk.moments()] == list(stretch.moments())
        for chunk in chunks:
            assert chunk.begins // chunk.block == (chunk.moments()[-1]) // chunk.block


def test_blocks_are_as_long_as_promtool_can_make_them(era):
    """2 h times a power of 3."""
    assert {stretch.block // HOUR for stretch in stretches_of(era)} <= {2 * 3**power for power in range(7)}
