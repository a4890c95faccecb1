"""The examples of FastAPI and Flask, started and called as their READMEs say, with real workers."""

import http.client
import json
import re

import pytest

from example_pages import commands
from mlexporter import catalogue

pytestmark = pytest.mark.integration

FLIGHTS = 1000
"""What `python traffic.py` sends."""


def numbered(name):
    """Return the commands of a README that start the service, call it, and break a unit; and those that look."""
    run = commands(name)
    (serve,) = [each for each in run if each.endswith(("serve.sh", "application:application"))]
    call, broken = [each for each in run if each.startswith("python traffic.py")]
    return serve, call, broken, [each for each in run if each.startswith("curl")]


def settled(tools, port, path, rows):
    """Return the first exposition that has so many calls, so many rows, and so many of them in bins; and scores."""

    def found():
        scrape = tools.scrape(port, path)
        return scrape and scrape.calls() == (rows, rows, rows) and scrape.severities() and scrape

    return tools.until(found, lambda: f"{(scrape := tools.scrape(port, path)) and scrape.calls()}")


def refuse(port, flight):
    """Return the status with which the service answers what is no flight."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/predict", json.dumps(flight), {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


def drifted(scrape):
    """Return the features whose severity is above 1."""
    return [feature for feature, severity in scrape.severities().items() if severity > 1]


def walk(example, running, tools, name, page):
    """Do what a README says: call, look, break, look; return the exposition after it."""
    port, path = page
    _, call, broken, looks = numbered(name)
    assert f"{FLIGHTS:,} flights were scored" in example.told(call)
    scrape = settled(tools, port, path, FLIGHTS)
    assert drifted(scrape) == []
    assert len(scrape.severities()) == 9
    assert refuse(example.port, {"carrier": "AA"}) in {400, 422}
    assert f"{FLIGHTS:,} flights were scored" in example.told(broken)
    tools.until(lambda: drifted(settled(tools, port, path, 2 * FLIGHTS)) == ["distance"], running.said)
    for look in looks:
        wanted = re.search(r"grep '?(\w+)", look)[1]
        assert f"\n{wanted}" in f"\n{example.told(look)}"
    scrape = settled(tools, port, path, 2 * FLIGHTS)
    assert scrape.total(catalogue.ROWS_LOST) == 0
    assert not any(value for _, value in scrape.of(catalogue.DEGRADED))
    assert scrape.of(catalogue.SINGLE_WORKER) == [({}, 0)]
    return scrape


def test_fastapi(example, background, tools):
    """Each call is counted once, a broken unit is found, all processes end, and the last rows are in bins."""
    fastapi = example("fastapi")
    serve, _, broken, _ = numbered("fastapi")
    running = background(fastapi, serve)
    running.await_page(fastapi.port)
    running.await_page(fastapi.exporter_port, "/-/ready")
    scrape = walk(fastapi, running, tools, "fastapi", (fastapi.exporter_port, "/metrics"))
    assert scrape.total(catalogue.WORKERS) >= 2
    ((labels, bound),) = scrape.of(catalogue.SLO_LATENCY_THRESHOLD)
    assert (labels["model_name"], bound) == ("flight_delay", 0.1)
    assert "distance" in tools.get(fastapi.exporter_port, "/")
    # The simple way: whichever worker answers knows as much.
    assert tools.scrape(fastapi.port, "/metrics/").calls() == scrape.calls()
    caller = background(fastapi, f"{broken} --rows 0")
    tools.until(lambda: tools.scrape(fastapi.exporter_port).calls()[0] > 2 * FLIGHTS + 100, caller.said)
    assert running.end() == 0  # while it is called: rows of the last moment are in no bin yet
    reader = background(fastapi, ["mlexporter", "serve"])
    reader.await_page(fastapi.exporter_port, "/-/ready")
    tools.until(lambda: tools.scrape(fastapi.exporter_port).of(catalogue.ROWS_LOST), reader.said)
    after = tools.scrape(fastapi.exporter_port)
    calls, rows, in_bins = after.calls()
    assert calls == rows == in_bins > 2 * FLIGHTS + 100
    assert after.total(catalogue.ROWS_LOST) == 0
    reader.end()


def test_flask(example, background, tools):
    """Workers are replaced while they are called, and neither a call nor a row is lost."""
    flask = example("flask")
    running = background(flask, numbered("flask")[0], MLEXPORTER_DIR="")
    running.await_page(flask.port)
    walk(flask, running, tools, "flask", (flask.port, "/metrics"))
    assert running.said().count("Autorestarting worker") >= 3
    assert running.end() == 0
