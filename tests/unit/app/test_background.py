"""The thread that drains and evaluates."""

import threading

from mlexporter.app.background import Background


def test_it_drains_and_evaluates_until_closed():
    """Both calls come; after close() none comes any more, and closing twice is fine."""
    evaluated = threading.Event()
    calls = []
    background = Background(lambda: calls.append("drain"), evaluated.set, interval_seconds=0.01)

    background.start()
    background.start()
    assert evaluated.wait(5)
    background.close()
    background.close()
    after = len(calls)

    assert after > 0
    assert not background._thread.is_alive()
    assert len(calls) == after


def test_it_does_not_start_after_close():
    """A closed exporter stays closed."""
    background = Background(lambda: None, lambda: None, interval_seconds=0.01)
    background.close()
    background.start()

    assert background._thread is None
