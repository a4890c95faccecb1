"""``Turns``: slow checks in turn, one at a time, and none without end."""

import asyncio
import threading

import pytest

from mlexporter.exposition import turns
from mlexporter.exposition.turns import Turns


class Checks:
    """Slow checks that wait until they are let go, and remember whose they were."""

    def __init__(self):
        self.let_go = threading.Semaphore(0)
        self.done = []
        self.at_once = 0
        self.most_at_once = 0

    def of(self, client):
        """Return a check for a client."""

        def check():
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            assert self.let_go.acquire(timeout=20)
            self.at_once -= 1
            self.done.append(client)
            return client == "honest"

        return check


@pytest.fixture
def checks():
    return Checks()


async def waiting(tasks):
    """Let all that can happen at once happen."""
    for _ in range(5):
        await asyncio.sleep(0)
    return [task for task in tasks if not task.done()]


async def test_one_at_a_time(checks):
    """However many come, they take one thread."""
    line = Turns()
    tasks = [asyncio.create_task(line.take("a", checks.of("a"))) for _ in range(20)]
    await waiting(tasks)
    checks.let_go.release(20)

    assert await asyncio.gather(*tasks) == [False] * 20
    assert checks.most_at_once == 1


async def test_an_honest_client_does_not_wait_for_the_guesses_of_another(checks):
    """64 wrong passwords wait: who comes from elsewhere is next but one."""
    line = Turns()
    guesses = [asyncio.create_task(line.take("attacker", checks.of("attacker"))) for _ in range(64)]
    await waiting(guesses)
    honest = asyncio.create_task(line.take("honest", checks.of("honest")))
    await waiting([honest])
    checks.let_go.release(3)

    assert await asyncio.wait_for(honest, 10) is True
    assert checks.done.index("honest") <= 2
    checks.let_go.release(100)
    await asyncio.gather(*guesses)


async def test_too_many_are_told_at_once(checks):
    """Of one client, and of all together; nothing grows without end."""
    line = Turns()
    first = [
        asyncio.create_task(line.take("a", checks.of("a"))) for _ in range(turns.WAITING_PER_CLIENT + 11)
    ]
    assert len(await waiting(first)) == turns.WAITING_PER_CLIENT + 1
    others = [asyncio.create_task(line.take(f"b{n}", checks.of("b"))) for n in range(500)]
    assert len(await waiting(first + others)) == turns.WAITING_AT_ALL + 1

    checks.let_go.release(1000)
    found = await asyncio.gather(*first, *others)
    assert found.count(None) == len(found) - turns.WAITING_AT_ALL - 1
    assert not line._waiting
    assert not line._is_busy


async def test_who_goes_away_does_not_stop_the_line(checks):
    """A task may be cancelled while it waits, while it has just got its turn, and while it is checked."""
    line = Turns()
    tasks = [asyncio.create_task(line.take("a", checks.of("a"))) for _ in range(6)]
    await waiting(tasks)
    tasks[1].cancel()
    tasks[0].cancel()
    await asyncio.sleep(0)
    tasks[2].cancel()
    checks.let_go.release(10)
    found = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)

    assert [isinstance(one, asyncio.CancelledError) for one in found] == [True] * 3 + [False] * 3
    assert await asyncio.wait_for(line.take("honest", checks.of("honest")), 10) is True


async def test_an_error_does_not_stop_the_line():
    """It is the caller's, and the next one is checked."""
    line = Turns()

    def fail():
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):
        await line.take("a", fail)
    assert await line.take("a", lambda: True) is True
