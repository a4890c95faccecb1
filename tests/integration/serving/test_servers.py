"""Whatever starts the workers, and whichever of them is scraped: the counts are those of all, exactly."""

import sys

import pytest

from mlexporter import catalogue

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="workers find each other by the kernel's files"),
]

N_WORKERS = 3
SERVERS = {
    "uvicorn": lambda port: ["uvicorn", "--workers", N_WORKERS, "--port", port, "application:asgi"],
    "hypercorn": lambda port: ["hypercorn", "-w", N_WORKERS, "-b", f"127.0.0.1:{port}", "application:asgi"],
    "granian": lambda port: [
        "granian", "--interface", "asgi", "--workers", N_WORKERS, "--port", port, "application:asgi",
    ],
    "gunicorn sync": lambda port: ["gunicorn", "-w", N_WORKERS, *_gunicorn(port)],
    "gunicorn sync preload": lambda port: ["gunicorn", "-w", N_WORKERS, "--preload", *_gunicorn(port)],
    "gunicorn gthread": lambda port: ["gunicorn", "-w", N_WORKERS, "--threads", 4, *_gunicorn(port)],
    "gunicorn gthread preload": lambda port: [
        "gunicorn", "-w", N_WORKERS, "--threads", 4, "--preload", *_gunicorn(port),
    ],
}  # fmt: skip


def _gunicorn(port):
    return ["-b", f"127.0.0.1:{port}", "--no-control-socket", "application:wsgi"]


def complete(tools, server, expected, *, version="1"):
    """Return the first scrape in which every row is in a bin of each feature; totals are exact at once."""
    calls, rows = expected

    def found():
        scrape = server.scrape()
        told = scrape.counted(version)
        assert told[:2] == (calls, rows)
        return scrape if set(told[2]) == {rows} else None

    return tools.until(found, told=lambda: f"{server.scrape().counted(version)}; {server.said()}")


@pytest.mark.parametrize("directory", ["found", "given"])
@pytest.mark.parametrize("name", SERVERS)
def test_any_worker_answers_for_all(tools, start, reader, tmp_path, name, directory):  # noqa: PLR0917 - fixtures
    """Calls that several workers answered, two versions at once: each worker, and a reader, tells the sums."""
    port = tools.free_port()
    more = {"MLEXPORTER_DIR": str(tmp_path / "shared")} if directory == "given" else {}
    server = start(SERVERS[name](port), port, **more)
    server.pids(N_WORKERS, "/predict")  # every one has counted
    before = server.scrape().counted()[0]
    tools.ask(server, "/predict", 60)
    tools.ask(server, "/batch", 20)
    tools.ask(server, "/candidate", 30)
    readers = [server] * 8
    if directory == "given":
        readers.append(reader(tmp_path / "shared"))
        tools.until(lambda: "serving" in readers[-1].said())
    for each in readers:
        scrape = complete(tools, each, (before + 80, before + 60 + 3 * 20))
        assert scrape.value(catalogue.WORKERS) == N_WORKERS
        assert scrape.value(catalogue.PROFILE_LOADED, model_version="1") == 1
        assert scrape.value(catalogue.SINGLE_WORKER) == 0
        assert scrape.degraded() == set()
        complete(tools, each, (30, 30), version="2")
    for each in readers:  # the report of one model comes before that of the other

        def has_both(each=each):
            found = each.scrape().of(catalogue.FEATURE_DRIFT_SEVERITY, window="1h")
            return len(found) == 2 * len(tools.FEATURES)

        tools.until(has_both)

    assert scrape.total(catalogue.ROWS_LOST) == scrape.total(catalogue.DROPPED_ROWS) == 0
    assert scrape.total(catalogue.INTERNAL_ERRORS) == 0


@pytest.mark.parametrize(
    "options", [(), ("--preload",), ("--threads", "3")], ids=["sync", "preload", "gthread"]
)
def test_workers_that_end_after_fifty_calls_leave_their_counts(tools, gunicorn, options):
    """``--max-requests``: no call, and no row, goes with a worker that ends as it should."""
    server = gunicorn("-w", "2", "--max-requests", "50", *options)
    tools.ask(server, "/predict", 240)
    scrape = complete(tools, server, (240, 240))

    assert scrape.total(catalogue.ROWS_LOST) == 0
    assert 1 <= scrape.value(catalogue.WORKERS) <= 2


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_that_is_ended_leaves_its_counts(tools, start, reader, tmp_path, name):
    """Ended right after the last answer: a reader that begins then tells every row, in its bins.

    But for one: hypercorn sends SIGTERM to all others as soon as the first has ended, which kills those that are
    just ending; what waits in them is told as lost.
    """
    port, shared = tools.free_port(), tmp_path / "shared"
    server = start(SERVERS[name](port), port, MLEXPORTER_DIR=str(shared), MLEXPORTER_BUFFER_ROWS="1024")
    server.pids(N_WORKERS)
    calls = server.scrape().counted()[0]
    tools.ask(server, "/predict", 60)
    server.stop()
    beside = reader(shared)
    scrape = beside.settled()

    assert scrape.counted()[:2] == (calls + 60, calls + 60)
    assert scrape.total(catalogue.ROWS_LOST) == 0 or name == "hypercorn"
    assert scrape.total(catalogue.DROPPED_ROWS) == 0
    assert scrape.value(catalogue.PREDICTIONS_IN_PROGRESS, model_version="1") == 0


@pytest.mark.parametrize("options", [(), ("--workers", 2)], ids=["alone", "workers"])
def test_uvicorn_told_to_end_right_after_an_answer_loses_no_row(tools, start, reader, tmp_path, options):
    """It lets SIGTERM kill the process once it has shut down: no ``atexit`` handler runs, and yet nothing waits."""
    port, shared = tools.free_port(), tmp_path / "shared"
    seldom = {
        "MLEXPORTER_DIR": str(shared),
        "MLEXPORTER_EVALUATION_INTERVAL": "60",
        "MLEXPORTER_BUFFER_ROWS": "1024",
    }
    server = start(["uvicorn", *options, "--port", port, "application:asgi"], port, **seldom)
    server.get("/who")
    for _ in range(40):
        server.get("/predict")
    server.stop()
    scrape = reader(shared).settled()

    assert scrape.counted() == (40, 40, (40,) * len(tools.FEATURES))
    assert scrape.total(catalogue.ROWS_LOST) == 0


def test_what_a_preloading_master_counts_is_counted_once(tools, gunicorn):
    """Fork after the first rows: those of the master stay, once, and those of its workers are added."""
    server = gunicorn("-w", "3", "--preload", PREDICT_AT_IMPORT="70")
    server.pids(3, "/predict")
    before = server.scrape().counted()[0] - 70
    tools.ask(server, "/predict", 50)
    scrape = complete(tools, server, (before + 120, before + 120))

    assert scrape.value(catalogue.WORKERS) == 4


@pytest.mark.parametrize("what", ["bins", "bounds"])
def test_layouts_that_differ_never_mix(tools, gunicorn, tmp_path, profiles, what):
    """Two servers of one version in one directory: calls add up; of other bins only the newest are shown."""
    shared = str(tmp_path / "shared")
    differs, in_bins = {
        "bins": ({"PROFILE": str(profiles[1])}, 25),
        "bounds": ({"MLEXPORTER_LATENCY_OBJECTIVE": "0.3"}, 65),
    }[what]
    old = gunicorn("-w", "2", MLEXPORTER_DIR=shared)
    tools.ask(old, "/predict", 40)
    complete(tools, old, (40, 40))
    new = gunicorn("-w", "2", MLEXPORTER_DIR=shared, **differs)
    tools.ask(new, "/predict", 25)

    def shown(server):
        scrape = server.scrape()
        assert scrape.counted()[:2] == (65, 65)
        return set(scrape.counted()[2]) == {in_bins}

    for server in (old, new):
        tools.until(lambda server=server: shown(server), told=lambda: f"{old.scrape().counted()}")
