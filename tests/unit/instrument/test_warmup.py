from __future__ import annotations

import threading

import numpy as np

from mlexporter.instrument.warmup import WarmUp


def test_the_rows_are_handed_over_once_and_let_go():
    """Neither more rows than asked for nor a second call."""
    full = []
    warmup = WarmUp(3, full.append)
    warmup.add({"a": np.arange(5)}, 5, None)
    warmup.add({"a": [9]}, 1, None)

    assert full == [{"a": [0, 1, 2]}]
    assert (warmup.collected, warmup.wanted_rows, warmup.is_full) == (0, 0, True)


def test_a_prediction_that_some_rows_lack_is_left_out():
    """A profile is not learned from half a column."""
    full = []
    warmup = WarmUp(2, full.append)
    warmup.add({"a": [1]}, 1, [0.5])
    warmup.add({"b": [2]}, 1, None)

    assert full == [{"a": [1, None], "b": [None, 2]}]


def test_many_threads_fill_it_once():
    """Exactly one thread hands over, with exactly the rows asked for."""
    full = []
    warmup = WarmUp(500, full.append)

    def work():
        for number in range(200):
            warmup.add({"a": [number]}, 1, None)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [len(columns["a"]) for columns in full] == [500]
    assert warmup.collected == 0
