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


@pytest.mark.parametrize("script", [UNDER_LOAD, EVALUATES, FREES_THE_PORT])
def test_a_forked_child(script):
    """Under load it does not hang; a scrape there starts the evaluator; the port stays the parent's."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", START + script],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
