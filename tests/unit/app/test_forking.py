"""A process that forks after the first row: the child neither hangs nor holds what is the parent's."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

START = """
import os, sys, threading, time, urllib.request
import mlexporter

@mlexporter.monitor(model="m", version="1")
def predict(x):
    return x
"""

UNDER_LOAD = """
def loop():
    while True:
        predict(1)

for _ in range(4):
    threading.Thread(target=loop, daemon=True).start()
time.sleep(0.2)
for _ in range(10):
    child = os.fork()
    if child == 0:
        for _ in range(600):
            predict(1)
        mlexporter.describe()
        os._exit(0)
    until = time.monotonic() + 20
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > until:
            os.kill(child, 9)
            sys.exit("the child hangs")
        time.sleep(0.01)
"""

EVALUATES = """
predict(1)
child = os.fork()
if child == 0:
    with mlexporter.serve(0) as server:
        urllib.request.urlopen(server.url + "/metrics").read()
        names = [thread.name for thread in threading.enumerate()]
    os._exit(0 if "mlexporter-evaluator" in names else 3)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

FREES_THE_PORT = """
server = mlexporter.serve(0)
reading, writing = os.pipe()
is_up, tells = os.pipe()
child = os.fork()
if child == 0:
    os.close(writing)
    os.write(tells, b"x")
    os.read(reading, 1)
    os._exit(0)
os.close(reading)
os.read(is_up, 1)
server.close()
again = mlexporter.serve(server.port)
os.close(writing)
os.waitpid(child, 0)
sys.exit(0 if again.url else "the child holds the port")
"""


COUNTS = """
from mlexporter.app.default import default_exporter

rows = [{"x": float(number)} for number in range(100)]
profile = mlexporter.Profile.fit(rows, model="m", version="2")
child, here = None, os.getpid()

@mlexporter.monitor(model="m", version="2", profile=profile)
def score(row):
    global child
    if row["x"] == forks_at and child is None:
        child = os.fork()
    return 0.5

def check(expected):
    models = default_exporter().view().models
    snapshot = next(model.snapshot for model in models if model.snapshot.key.version == "2")
    service, counts = snapshot.service, snapshot.profile
    found = (
        service.accepted, service.requests["ok"], counts.accepted, counts.drained + counts.dropped + counts.lost,
        int(service.durations["ok"].buckets.sum()) + counts.dropped, service.in_progress,
    )
    if found != (*[expected] * 5, 0):
        os.write(2, f"{found} of {expected} in {'parent' if os.getpid() == here else 'child'}".encode())
        os._exit(3)

def ended(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""

IN_A_CALL = """
def work():
    for row in rows:
        score(row)
    if child == 0:
        try:
            default_exporter().view()  # nothing waits any more
            if is_alone:  # else the parent, which may not be through, is told of too
                check(49)
        finally:
            os._exit(4 if sys.exc_info()[0] else 0)

forks_at = 50.0
if in_a_thread:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
else:
    work()
status = ended(child)
check(100 if is_alone else 149)
sys.exit(status)
"""

BESIDE_CALLS = """
forks_at = None

def work():
    for _ in range(40):
        for row in rows:
            score(row)

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
children = []
for _ in range(5):
    time.sleep(0.01)
    children.append(os.fork())
    if children[-1] == 0:
        for row in rows:
            score(row)
        try:
            check(100)
        finally:
            os._exit(4 if sys.exc_info()[0] else 0)
for thread in threads:
    thread.join()
status = max(map(ended, children))
check(16_000)
sys.exit(status)
"""


@pytest.mark.parametrize(
    "script", [pytest.param(UNDER_LOAD, marks=pytest.mark.slow), EVALUATES, FREES_THE_PORT],
    ids=["under load", "evaluates", "frees the port"],
)  # fmt: skip
def test_a_forked_child(script):
    """Under load it does not hang; a scrape there starts the evaluator; the port stays the parent's."""
    _run(START + script)


@pytest.mark.slow
@pytest.mark.parametrize("directory", ["off", "given"])
@pytest.mark.parametrize("in_a_thread", [False, True], ids=["main thread", "other thread"])
def test_a_fork_inside_a_call(tmp_path, directory, in_a_thread):
    """The call returns in both processes and is counted in the parent; the child counts what comes after."""
    options = f"in_a_thread, is_alone = {in_a_thread}, {directory == 'off'}\n"
    _run(options + START + COUNTS + IN_A_CALL, directory if directory == "off" else str(tmp_path))


@pytest.mark.slow
def test_forks_beside_calls_of_other_threads():
    """Nothing of the parent's is counted in a child, and the parent loses no row."""
    _run(START + COUNTS + BESIDE_CALLS, "off")


def _run(script, directory=""):
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | ({"MLEXPORTER_DIR": directory} if directory else {}),
    )

    assert (done.returncode, done.stderr) == (0, "")
