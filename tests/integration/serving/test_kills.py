"""``kill -9`` of random workers, 200 times, under load and under the eyes of two scrapers."""

import contextlib
import http.client
import os
import random
import signal
import sys
import threading
import time

import psutil
import pytest

from mlexporter import catalogue

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="a server whose workers are killed and made again"),
]

KILLS = 200
N_WORKERS = 4
N_THREADS = 2
N_CLIENTS = 4
LONGEST_SECONDS = 90.0
ROWS = {"/predict": 1, "/batch": 3}
OF_THE_LIVING = {catalogue.CONTAINER_OUT_OF_MEMORY_KILLS.name, catalogue.CONTAINER_CPU_THROTTLED.name}
"""The kernel tells these of a living worker only: they are not there while none lives."""


class Clients:
    """Threads that call again and again, and count what they asked for and what was answered."""

    def __init__(self, tools, port, n_before):
        self._tools, self._port = tools, port
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.asked, self.answered = [n_before, n_before], [n_before, n_before]
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(N_CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _run(self):
        connection = None
        while not self._stop.is_set():
            path = random.choice(list(ROWS))
            with self._lock:
                self._add(self.asked, path)
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
                self._tools.get(self._port, path, connection=connection)
            except (OSError, http.client.HTTPException):
                if connection is not None:
                    connection.close()
                connection = None
                continue
            with self._lock:
                self._add(self.answered, path)
        if connection is not None:
            connection.close()

    def _add(self, counts, path):
        counts[0] += 1
        counts[1] += ROWS[path]

    def seen(self):
        """Return calls and rows that were asked for, and those that were answered."""
        with self._lock:
            return tuple(self.asked), tuple(self.answered)

    def stop(self):
        """Let calls under way end."""
        self._stop.set()
        for thread in self._threads:
            thread.join(20)


class Watcher:
    """A thread that scrapes by turns, and remembers the first thing that must not be."""

    def __init__(self, tools, servers, clients):
        self._tools, self._servers, self._clients = tools, servers, clients
        self._stop = threading.Event()
        self._before = {}
        self.n_scrapes, self.complaint = 0, ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not (self._stop.is_set() or self.complaint):
            server = self._servers[self.n_scrapes % len(self._servers)]
            _, answered = self._clients.seen()
            with contextlib.suppress(OSError, http.client.HTTPException):  # it was killed: ask the next one
                scrape = self._tools.Scrape(self._tools.get(server.port, "/metrics").decode())
                asked, _ = self._clients.seen()
                self.complaint = self.look(scrape, answered, asked)
                self.n_scrapes += 1
            time.sleep(0.02)

    def look(self, scrape, answered, asked):
        """Return what is wrong with a scrape; empty where all is well."""
        calls, rows, bins = scrape.counted()
        if len(set(bins)) != 1 or bins[0] > rows:
            return f"features differ, or are ahead of rows: {rows} {bins}"
        for told, lower, upper in zip((calls, rows), answered, asked, strict=True):
            if not lower <= told <= upper:
                return f"{told} is not between {lower} answered before and {upper} asked for until then"
        for key, value in self._before.items():
            if scrape.growing.get(key, value if key[0] in OF_THE_LIVING else -1) < value:
                return f"{key} fell from {value} to {scrape.growing.get(key)}"
        self._before |= scrape.growing
        return ""

    def stop(self):
        """Scrape no more."""
        self._stop.set()
        self._thread.join(20)


def kill_one(master, chance):
    """Kill a worker of a server at random, once there are some; return it."""
    workers = master.children()
    while len(workers) < 2:
        time.sleep(0.005)
        workers = master.children()
    victim = chance.choice(workers)
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim.pid, signal.SIGKILL)
    return victim.pid


@pytest.mark.parametrize(
    ("options", "n_kills"), [(("--preload",), KILLS), ((), KILLS // 4)], ids=["beside a reader", "alone"]
)
def test_two_hundred_kills_lose_no_answer_and_invent_none(  # noqa: PLR0917 - fixtures
    tools, gunicorn, reader, tmp_path, options, n_kills
):
    """What was answered is counted; what is counted was asked for; and no counter ever falls or jumps.

    Alone, whoever folds and evaluates is one of those that are killed; each new one has to import first.
    """
    chance = random.Random(4)
    shared = tmp_path / "shared"
    more = {"MLEXPORTER_DIR": str(shared)} if options else {}
    server = gunicorn(
        "-w", str(N_WORKERS), "--threads", str(N_THREADS), "--log-level", "critical", *options, **more
    )
    server.pids(N_WORKERS, "/predict")
    n_before = server.scrape().counted()[0]
    scraped = [server]
    if options:
        scraped.append(reader(shared))
        tools.until(lambda: "serving" in scraped[-1].said())
    clients = Clients(tools, server.port, n_before)
    watcher = Watcher(tools, scraped, clients)
    master = psutil.Process(server.process.pid)
    began, killed = time.monotonic(), set()
    while len(killed) < n_kills and not watcher.complaint:
        before = clients.seen()[1][0]
        killed.add(kill_one(master, chance))
        tools.until(lambda before=before: clients.seen()[1][0] >= before + 3, told=server.said)
        if len(killed) % 10 == 0:  # whoever listens is killed too: let somebody be asked now and then
            n_scrapes = watcher.n_scrapes
            tools.until(lambda n=n_scrapes: watcher.n_scrapes > n or watcher.complaint, told=server.said)
    took = time.monotonic() - began
    clients.stop()
    watcher.stop()
    asked, answered = clients.seen()

    assert watcher.complaint == ""
    assert watcher.n_scrapes >= n_kills // 10
    assert took < LONGEST_SECONDS

    scrape = scraped[-1].settled()
    calls, rows, _ = scrape.counted()

    assert watcher.look(scrape, answered, asked) == ""
    assert answered[0] <= calls <= min(asked[0], answered[0] + (n_kills + 1) * N_THREADS)
    assert answered[1] <= rows <= asked[1]
    assert answered[0] > 3 * n_kills
    assert scrape.total(catalogue.SLOTS_SET_ASIDE) == scrape.total(catalogue.INTERNAL_ERRORS) == 0
    assert scrape.total(catalogue.DROPPED_ROWS) == 0
    assert scrape.total(catalogue.ROWS_LOST) > 0
    tools.until(lambda: scraped[-1].scrape().total(catalogue.PREDICTIONS_IN_PROGRESS) == 0, seconds=5)
    for each in scraped:
        assert "Traceback" not in each.said()


def test_rows_that_wait_when_a_worker_is_killed_are_told_as_lost(tools, gunicorn, tmp_path):
    """Five rows at a time, killed before anybody drains them: accepted, in no bin, and lost."""
    server = gunicorn("-w", "2", MLEXPORTER_DIR=str(tmp_path / "shared"))
    tools.ask(server, "/predict", 30)
    server.settled()
    for kills in (1, 2, 3):
        with contextlib.suppress(OSError, http.client.HTTPException):
            tools.get(server.port, "/die")
        scrape = server.settled()
        rows = 30 + 5 * kills
        lost = scrape.total(catalogue.ROWS_LOST)
        assert scrape.counted() == (rows, rows, (rows - lost,) * 4)
        assert 5 * (kills - 1) < lost <= 5 * kills
