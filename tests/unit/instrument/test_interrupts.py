"""Ctrl-C at any place of ours where it can strike, in the middle of calls that are counted."""

from __future__ import annotations

import contextlib
import itertools

import pytest

from mlexporter.instrument import accounting
from mlexporter.state import inlet, model

GOOD = {"size": 1.5, "colour": "red"}
ROWS_WAITING_AT_MOST = 5
"""Of the drain that is struck: with these buffers no more are in the hands of one."""


class BoomError(Exception):
    """An exception of the user."""


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        (GOOD, 0.7),
        pytest.param(GOOD, 1, marks=pytest.mark.slow),
        pytest.param({"size": "text", "colour": "red"}, 0.7, marks=pytest.mark.slow),
        pytest.param([GOOD], [0.7], marks=pytest.mark.slow),
        (GOOD, BoomError),
    ],
    ids=["plain", "another number", "not plain", "batch", "error"],
)
def test_nothing_is_counted_twice_and_counting_goes_on(
    *, new_rig, new_reference, interrupted_at, monkeypatch, row, answer
):
    """A call is counted in all places or in none; what the struck drain had in hand may wait for ever."""
    monkeypatch.setattr(accounting, "_TRUSTED_AFTER", 2)
    monkeypatch.setattr(inlet, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(model, "_PATIENCE_SECONDS", 0.0)

    def predict(row):
        if answer is BoomError:
            raise BoomError
        return answer

    for point in itertools.count():
        rig = new_rig(new_reference(), buffer_rows=4)
        call = rig.monitor.wrap(predict)
        made = 2
        for _ in range(made):
            with contextlib.suppress(BoomError):
                call(row)
        with contextlib.suppress(KeyboardInterrupt), interrupted_at(point) as struck:
            for _ in range(5):
                made += 1
                with contextlib.suppress(BoomError):
                    call(row)
        for _ in range(5):
            made += 1
            with contextlib.suppress(BoomError):
                call(row)
        service, profile = rig.service, rig.snapshot.profile
        starts = rig.reference.feature_offsets
        binned = [int(profile.feature_cells[a:b].sum()) for a, b in itertools.pairwise(starts)]
        waiting = profile.accepted - profile.drained - profile.dropped - profile.lost
        n_struck = bool(struck)

        assert made - n_struck <= sum(service.requests.values()) <= made, struck
        assert made - n_struck <= profile.accepted == service.accepted <= made, struck
        assert binned == [profile.drained] * 2, struck
        assert 0 <= waiting <= n_struck * ROWS_WAITING_AT_MOST, struck
        assert 0 <= service.in_progress <= n_struck, struck
        if not struck:
            break
    assert point > 20
