"""Real servers and real processes: who counts with whom, found without being told."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from mlexporter.demo.programs import free_port

N_WORKERS = 3
PATIENCE_SECONDS = 40
BIN = Path(sys.executable).parent

APPLICATION = '''
import json, os

_told = {}

def tell():
    """Where this process counts; chosen once a process."""
    if os.getpid() not in _told:
        from mlexporter.app.workers.group import choose_directory
        from mlexporter.settings import Settings
        _told[os.getpid()] = choose_directory(Settings())
    choice = _told[os.getpid()]
    return json.dumps({"pid": os.getpid(), "group": choice.group, "is_worker": choice.is_worker,
                       "master": choice.master.pid, "path": str(choice.path), "warning": choice.warning})

AT_IMPORT = tell() if os.environ.get("AT_IMPORT") else ""

def wsgi(environment, start):
    start("200 OK", [("Content-Type", "application/json"), ("Connection", "close")])
    return [tell().encode()]

async def asgi(scope, receive, send):
    if scope["type"] == "http":
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": tell().encode()})
'''

FAMILY = """
import multiprocessing, os, subprocess, sys, time
from application import tell

def say(name):
    os.write(1, f"{name}\\t{tell()}\\n".encode())

def work(name):
    say(name)

def nest(name):
    child = multiprocessing.get_context("spawn").Process(target=work, args=(name + ", spawned again",))
    child.start()
    child.join()
    fork(name + ", forked again")

def fork(name, *, daemon=False):
    pid = os.fork()
    if pid == 0:
        if daemon:
            os.setsid()
            if os.fork():
                os._exit(0)
            while os.getppid() == parent:
                time.sleep(0.01)
        say(name)
        os._exit(0)
    os.waitpid(pid, 0)

if __name__ == "__main__":
    parent = os.getpid()
    if "late" not in sys.argv:
        say("parent")
    for method in ("fork", "spawn", "forkserver"):
        for target in (work, nest):
            child = multiprocessing.get_context(method).Process(target=target, args=(method,))
            child.start()
            child.join()
    fork("os.fork")
    for _ in range(2):
        subprocess.run([sys.executable, "-c", "import family; family.say('stranger')"], check=True)
    fork("daemon", daemon=True)
    time.sleep(1)
"""

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="groups are found by the kernel's files"),
]


@pytest.fixture
def programs(tmp_path):
    """A folder with an application and a family of processes."""
    (tmp_path / "application.py").write_text(APPLICATION)
    (tmp_path / "family.py").write_text(FAMILY)
    return tmp_path


def environment(programs, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLEXPORTER_")}
    return {**kept, "PYTHONPATH": str(programs), **more}


def asked(port):
    """Return what the server on ``port`` answers, None where it does not."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return json.loads(answer.read())
    except (urllib.error.URLError, OSError, ValueError):
        return None


def served(port, n_workers):
    """Return one answer of each worker."""
    found, until = {}, time.monotonic() + PATIENCE_SECONDS
    while len(found) < n_workers and time.monotonic() < until:
        answer = asked(port)
        if answer is None:
            time.sleep(0.05)
        else:
            found[answer["pid"]] = answer
    return list(found.values())


SERVERS = {
    "gunicorn": lambda port: ["gunicorn", "-w", str(N_WORKERS), "-b", f"127.0.0.1:{port}", "application:wsgi"],
    "gunicorn preload": lambda port: [*SERVERS["gunicorn"](port), "--preload"],
    "uvicorn": lambda port: ["uvicorn", "--workers", str(N_WORKERS), "--port", str(port), "application:asgi"],
    "hypercorn": lambda port: ["hypercorn", "-w", str(N_WORKERS), "-b", f"127.0.0.1:{port}", "application:asgi"],
    "granian": lambda port: [
        "granian", "--interface", "asgi", "--workers", str(N_WORKERS), "--port", str(port), "application:asgi",
    ],
}  # fmt: skip


@pytest.mark.parametrize("at_import", ["", "1"], ids=["at the first row", "at import"])
@pytest.mark.parametrize("name", SERVERS)
def test_workers_of_a_server_count_together(programs, name, at_import):
    """Whatever starts them: one directory, and the master is the process that was started."""
    port = free_port()
    command = SERVERS[name](port)
    server = subprocess.Popen(
        [str(BIN / command[0]), *command[1:]], cwd=programs, env=environment(programs, AT_IMPORT=at_import),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        answers = served(port, N_WORKERS)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE_SECONDS)

    assert len(answers) == N_WORKERS
    assert {answer["group"] for answer in answers} == {answers[0]["group"]}
    assert answers[0]["group"]
    assert {(answer["is_worker"], answer["master"], answer["warning"]) for answer in answers} == {
        (True, server.pid, "")
    }


def test_two_servers_do_not_meet(programs):
    """Two gunicorns of one shell, of one user, with one application: two directories."""
    ports = free_port(), free_port()
    servers = [
        subprocess.Popen(
            [str(BIN / "gunicorn"), "-w", "1", "-b", f"127.0.0.1:{port}", "application:wsgi"], cwd=programs,
            env=environment(programs), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for port in ports
    ]  # fmt: skip
    try:
        answers = [served(port, 1)[0] for port in ports]
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(PATIENCE_SECONDS)

    assert answers[0]["group"] != answers[1]["group"]


@pytest.mark.parametrize("who_is_first", ["early", "late"])
def test_a_family_counts_together_and_strangers_do_not(programs, who_is_first):
    """The three ways of multiprocessing, os.fork, and both again below: one group.

    Programs that the parent starts, and a daemon that left it, are each alone.
    """
    done = subprocess.run(
        [sys.executable, "family.py", who_is_first], cwd=programs, env=environment(programs),
        capture_output=True, text=True, check=True, timeout=4 * PATIENCE_SECONDS,
    )  # fmt: skip
    told = [line.split("\t") for line in done.stdout.splitlines()]
    answers = [(name, json.loads(content)) for name, content in told]
    alone = {"stranger", "daemon"}
    family = {answer["group"] for name, answer in answers if name not in alone}
    others = [answer for name, answer in answers if name in alone]

    assert len(answers) == (13 if who_is_first == "late" else 14)
    assert len(family) == 1
    assert len({answer["group"] for answer in others} | family) == 4
    assert not any(answer["is_worker"] for answer in others)
    assert not any(answer["warning"] for _, answer in answers)


def test_a_dead_server_leaves_nothing_for_long(programs):
    """Killed, it cannot clean up; the next start does."""
    tell = [
        sys.executable,
        "-c",
        "import application, os; print(application.tell(), flush=True); os._exit(0)",
    ]
    paths = []
    for _ in range(2):
        done = subprocess.run(
            tell,
            cwd=programs,
            env=environment(programs),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        paths.append(Path(json.loads(done.stdout)["path"]))

    assert not paths[0].exists()
    assert paths[1].exists()


def test_many_that_start_at_once_find_each_other(programs):
    """Workers make, enter and clean up at the same time; none is left out."""
    program = (
        "import multiprocessing, application\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('fork').Pool(16) as pool:\n"
        "        print('\\n'.join(pool.starmap(application.tell, [()] * 64, chunksize=1)))\n"
    )
    (programs / "pool.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "pool.py"], cwd=programs, env=environment(programs), capture_output=True, text=True,
        check=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]

    assert len(answers) == 64
    assert {answer["group"] for answer in answers} == {answers[0]["group"]}
    assert not any(answer["warning"] for answer in answers)
