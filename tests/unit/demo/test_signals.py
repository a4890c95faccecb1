import os
import signal

import pytest

from mlexporter.demo.signals import InterruptedDemo, stop_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_ends_and_later_ones_do_not_disturb(number):
    """Cleaning up is not interrupted by an impatient second Ctrl-C."""
    before = signal.getsignal(number)
    cleaned = False
    with stop_signals():
        with pytest.raises(InterruptedDemo) as stopped:
            os.kill(os.getpid(), number)
        os.kill(os.getpid(), signal.SIGINT)
        cleaned = True
    assert cleaned
    assert stopped.value.number == number
    assert signal.getsignal(number) is before


def test_nothing_catches_it_by_chance():
    """A broad except in the way would make Ctrl-C do nothing."""
    assert not issubclass(InterruptedDemo, Exception)
