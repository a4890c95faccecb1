"""Evaluators that are killed, servers that are restarted, machines that boot: windows and counts go on."""

import os
import shutil
import signal
import sys
import time

import psutil
import pytest

from mlexporter import catalogue

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="who holds a lock is told by the kernel's files"),
]

FEATURE = {"model_version": "1", "feature": "age", "window": "1h"}
EVALUATOR = "lock-evaluator"


def until_windows_hold(tools, server, n_rows):
    """Return the first scrape whose windows hold so many rows; more is never told."""

    def found():
        scrape = server.scrape()
        told = scrape.value(catalogue.FEATURE_WINDOW_OBSERVATIONS, **FEATURE) or 0
        assert told <= n_rows, f"{told} rows in the window, of {n_rows} that were counted"
        return told == n_rows and scrape

    return tools.until(
        found, told=lambda: f"{server.scrape().of(catalogue.WINDOW_OBSERVATIONS)} {server.said()}"
    )


def kill_all(server):
    """Kill a server and its workers at once."""
    processes = [psutil.Process(server.process.pid)]
    processes += processes[0].children(recursive=True)
    for process in processes:
        process.suspend()
    for process in processes:
        process.kill()
    server.process.wait(20)


@pytest.mark.parametrize("is_there", [False, True], ids=["made by the first", "there before"])
def test_an_evaluator_that_is_killed_is_replaced(tools, gunicorn, reader, tmp_path, is_there):
    """Three times: another process evaluates within seconds, windows have lost nothing, scores stay."""
    shared = tmp_path / "shared"
    if is_there:
        shared.mkdir(mode=0o700)
    server = gunicorn("-w", "3", MLEXPORTER_DIR=str(shared))
    n_rows = 60
    tools.ask(server, "/predict", n_rows)
    server.settled()
    until_windows_hold(tools, server, n_rows)
    beside = reader(shared)
    tools.until(lambda: "serving" in beside.said())
    for _ in range(3):
        before = tools.until(lambda: tools.holder(shared / EVALUATOR))
        os.kill(before, signal.SIGKILL)
        killed_at = time.time()
        after = tools.until(lambda before=before: tools.holder(shared / EVALUATOR) not in (None, before))
        assert after
        server.pids(3)
        tools.ask(server, "/predict", 10)
        n_rows += 10
        readers = [server] if beside.process.poll() is not None else [server, beside]
        for each in readers:
            each.settled()
            scrape = until_windows_hold(tools, each, n_rows)
            assert scrape.counted() == (n_rows, n_rows, (n_rows,) * 4)
            assert len(scrape.of(catalogue.FEATURE_DRIFT_SEVERITY, window="1h")) == 4
            assert scrape.value(catalogue.LAST_EVALUATION) > killed_at
            assert scrape.total(catalogue.SLOTS_SET_ASIDE) == 0


def test_an_evaluator_that_stands_still_is_told(tools, gunicorn, tmp_path):
    """Its office is not free, so that scores grow old: they are absent, with the reason, until it goes on."""
    shared = tmp_path / "shared"
    server = gunicorn("-w", "3", MLEXPORTER_DIR=str(shared))
    tools.ask(server, "/predict", 60)
    server.settled()
    until_windows_hold(tools, server, 60)
    evaluator = tools.holder(shared / EVALUATOR)
    os.kill(evaluator, signal.SIGSTOP)
    try:
        stale = tools.until(
            lambda: (
                (scrape := server.scrape()).of(catalogue.SCORE_ABSENT, reason="stale", model_version="1")
                and scrape
            )
        )
        assert stale.of(catalogue.FEATURE_DRIFT_SEVERITY, model_version="1") == {}
        assert stale.counted()[:2] == (60, 60)
    finally:
        os.kill(evaluator, signal.SIGCONT)
    tools.until(lambda: len(server.scrape().of(catalogue.FEATURE_DRIFT_SEVERITY, window="1h")) == 4)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_server_that_is_restarted_goes_on_where_it_was(tools, gunicorn, tmp_path, end):
    """The directory is kept: counters at once, windows with the next evaluation; nothing is counted twice."""
    shared = str(tmp_path / "shared")
    n_rows = 0
    for more in (90, 40, 20):
        server = gunicorn("-w", "2", MLEXPORTER_DIR=shared)
        assert server.scrape().counted()[:2] == (n_rows, n_rows)
        tools.ask(server, "/predict", more)
        n_rows += more
        assert server.scrape().counted()[:2] == (n_rows, n_rows)
        scrape = server.settled()
        assert scrape.total(catalogue.ROWS_LOST) == 0
        until_windows_hold(tools, server, n_rows)
        if end == "kill":
            kill_all(server)
        else:
            server.stop()


def test_windows_outlive_a_reboot_where_a_disk_keeps_them(tools, gunicorn, tmp_path):
    """The directory is gone and the clock of windows is another one: counters are 0, windows are not."""
    shared, boot = tmp_path / "shared", tmp_path / "boot"
    n_rows = 0
    for boots, more in enumerate((90, 40, 20)):
        boot.write_text(f"boot {boots}")
        server = gunicorn(
            "-w",
            "2",
            MLEXPORTER_DIR=str(shared),
            MLEXPORTER_SNAPSHOT_DIR=str(tmp_path / "disk"),
            BOOT=str(boot),
        )
        tools.ask(server, "/predict", more)
        n_rows += more
        assert server.settled().counted() == (more, more, (more,) * 4)
        scrape = until_windows_hold(tools, server, n_rows)
        assert scrape.degraded() == set()
        server.stop()
        shutil.rmtree(shared)


def test_a_wall_clock_that_goes_back_an_hour_changes_nothing(tools, gunicorn, reader, tmp_path):
    """No count falls, no score goes, no row leaves its window; also when the evaluator is killed then."""
    shared, offset = tmp_path / "shared", tmp_path / "offset"
    offset.write_text("0")
    server = gunicorn("-w", "3", MLEXPORTER_DIR=str(shared), OFFSET=str(offset))
    tools.ask(server, "/predict", 80)
    server.settled()
    before = until_windows_hold(tools, server, 80)
    for seconds in ("-3600", "3600", "-3600"):
        offset.write_text(seconds)
        for _ in range(10):
            scrape = server.scrape()
            assert len(scrape.of(catalogue.FEATURE_DRIFT_SEVERITY, window="1h")) == 4
            assert all(scrape.growing.get(key, -1) >= value for key, value in before.growing.items())
            before = scrape
            time.sleep(0.1)
    tools.ask(server, "/predict", 20)
    server.settled()
    until_windows_hold(tools, server, 100)
    killed = tools.holder(shared / EVALUATOR)
    os.kill(killed, signal.SIGKILL)
    tools.until(lambda: tools.holder(shared / EVALUATOR) not in (None, killed))
    server.pids(3)
    tools.ask(server, "/predict", 20)
    server.settled()

    scrape = until_windows_hold(tools, server, 120)
    assert scrape.counted() == (120, 120, (120,) * 4)
    assert scrape.value(catalogue.FEATURE_DRIFT_SEVERITY, **FEATURE) is not None
    assert "Traceback" not in server.said()
