"""Reloading real processes: by signal, over HTTP, with bad files and good ones, hammered and behind a password."""

import concurrent.futures
import os
import signal
import time

import pytest

pytestmark = pytest.mark.integration
FILE = '[models."*"]\nminimum_requests = {}\n'
LATE = {"MLEXPORTER_EVALUATION_INTERVAL": "3600"}
"""Nobody looks at the file by himself in the time of a test."""


def test_a_signal_reads_at_once_and_a_bad_file_changes_nothing(site, serve, until):
    """Good, bad, good: what holds is always the newest good file, and the log says what was wrong."""
    site.write(FILE.format(20))
    site.work("fares", MLEXPORTER_CONFIG=str(site.path))
    server, url = serve("--config", site.path, **LATE)
    until(lambda: site.minimum(url) == 20)

    site.write(FILE.format(30))
    server.process.send_signal(signal.SIGHUP)
    until(lambda: site.minimum(url) == 30)
    site.write(FILE.format("'many'"))
    server.process.send_signal(signal.SIGHUP)
    until(lambda: any("minimum_requests = 'many'" in line for line in server.log))
    assert site.minimum(url) == 30
    site.write(FILE.format(40))
    server.process.send_signal(signal.SIGHUP)
    until(lambda: site.minimum(url) == 40)

    status, out = server.end()
    assert status == 0
    assert out.count("reload: ") == 3
    assert (
        f"reload: {site.path} was read; what it says of models holds from now on; 1 other process in " in out
    )
    assert out.endswith("ended\n")


def test_a_storm_of_signals_ends_nothing(site, serve, until):
    """A thousand of them are a few readings; the file that was written last holds, and an end is obeyed."""
    site.write(FILE.format(1))
    site.work("fares", MLEXPORTER_CONFIG=str(site.path))
    server, url = serve("--config", site.path, **LATE)

    for number in range(2, 12):
        site.write(FILE.format(number))
        for _ in range(100):
            os.kill(server.process.pid, signal.SIGHUP)
    until(lambda: site.minimum(url) == 11)

    status, out = server.end()
    assert status == 0
    assert 1 <= out.count("reload: ") <= 20
    assert server.log == [line for line in server.log if "Traceback" not in line]


def test_a_request_reads_at_once(site, serve):
    """POST and PUT, as Prometheus; the answer says what holds, whom it reaches, or what is wrong."""
    site.write(FILE.format(20))
    for _ in range(2):
        site.work("fares", MLEXPORTER_CONFIG=str(site.path))
    _, url = serve("--config", site.path, "--reload-endpoint", **LATE)

    site.write("[settings]\nport = 9999\n" + FILE.format(30))
    status, text, _ = site.ask(f"{url}/-/reload", "POST")
    assert (status, site.minimum(url)) == (200, 30)
    assert "; these settings change with the next start only: port; 2 other processes in " in text
    time.sleep(1.1)
    site.write("[models.fares]\nmaximum = 1\n")
    status, text, _ = site.ask(f"{url}/-/reload", "PUT")
    assert (status, site.minimum(url)) == (500, 30)
    assert f"{site.path}: line 2: [models.fares] maximum = 1: there is no such key" in text
    assert site.ask(f"{url}/-/reload")[0] == 405


def test_other_processes_follow_by_themselves(site, serve, until):
    """One request reaches one process; those that count read the file within their own interval."""
    site.write(FILE.format(20))
    _, other = site.work("fares", "serve", MLEXPORTER_CONFIG=str(site.path))
    _, url = serve("--config", site.path, "--reload-endpoint", **LATE)

    site.write(FILE.format(30))

    assert site.ask(f"{url}/-/reload", "POST")[0] == 200
    until(lambda: site.minimum(other) == 30)


def test_hammering_harms_nobody(serve, write, path, ask):
    """Whoever asks too often is told so at once, and scrapes go on."""
    write(FILE.format(20))
    _, url = serve("--config", path, "--reload-endpoint", **LATE)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(f"{url}/-/reload", "POST"), range(200)))
        scrape = ask(f"{url}/metrics")

    statuses = [status for status, _, _ in answers]
    assert set(statuses) == {200, 429}
    assert statuses.count(200) <= 20
    assert {headers["retry-after"] for status, _, headers in answers if status == 429} == {"1"}
    assert scrape[0] == 200


def test_it_is_off_unless_it_is_asked_for(serve, ask):
    """The refusal names the way out."""
    _, url = serve()

    status, text, _ = ask(f"{url}/-/reload", "POST")

    assert status == 403
    assert "MLEXPORTER_RELOAD_ENDPOINT=1" in text


def test_a_worker_that_serves_has_it_too(site):
    """It is the same endpoint; signals are left to the application."""
    site.write(FILE.format(20))
    worker, url = site.work(
        "fares",
        "serve",
        MLEXPORTER_CONFIG=str(site.path),
        MLEXPORTER_RELOAD_ENDPOINT="1",
        MLEXPORTER_DIR="off",
        **LATE,
    )

    site.write(FILE.format(30))
    assert site.minimum(url) == 20
    assert site.ask(f"{url}/-/reload", "POST")[0] == 200
    assert site.minimum(url) == 30
    worker.process.send_signal(signal.SIGHUP)
    assert worker.process.wait(timeout=30) == -signal.SIGHUP


def test_it_stands_behind_the_password_and_reads_that_file_too(site, serve, tmp_path):
    """A new token holds with the answer; a bad web configuration leaves the old one in place."""
    old, new = "a" * 32, "b" * 32
    tokens, web = tmp_path / "tokens", tmp_path / "web.yml"
    tokens.write_text(old)
    web.write_text(f"mlexporter:\n  bearer_tokens_file: {tokens}\n")
    site.write(FILE.format(20))
    server, url = serve("--config", site.path, "--web-config", web, "--reload-endpoint", **LATE)
    reload = f"{url}/-/reload"

    assert site.ask(reload, "POST")[0] == 401
    tokens.write_text(new)
    status, text, _ = site.ask(reload, "POST", Authorization=f"Bearer {old}")
    assert status in {200, 401}, text  # the files are looked at each second too
    time.sleep(1.1)
    assert site.ask(reload, "POST", Authorization=f"Bearer {old}")[0] == 401
    status, text, _ = site.ask(reload, "POST", Authorization=f"Bearer {new}")
    assert (status, text.count("was read")) == (200, 2)

    web.write_text("basic_auth: 1\n")
    server.process.send_signal(signal.SIGHUP)
    time.sleep(1.1)
    status, text, _ = site.ask(reload, "POST", Authorization=f"Bearer {new}")
    assert status == 500
    assert "basic_auth" in text
