"""A real Prometheus 3 and a real OpenTelemetry Collector on the loopback interface, and what they say.

Fixtures in ``tests/integration/otlp/conftest.py`` start them.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
import urllib.parse
from pathlib import Path

import pytest
import yaml

from mlexporter.demo.programs import HOST, Child, answers, free_port, get_json

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
READY_SECONDS = 30.0
PATIENCE_SECONDS = 20.0
POLL_SECONDS = 0.05
SCRAPE_INTERVAL = "300ms"
OTLP_PATH = "/api/v1/otlp/v1/metrics"
OF_THE_SCRAPE = frozenset({"up", "target_info"})
"""Series beside those of the exporter; and all whose name begins with ``scrape_``."""


def until(found, *, seconds=PATIENCE_SECONDS, told="it did not come about"):
    """Return the first true answer of ``found``; fail after ``seconds`` with its last one."""
    end = time.monotonic() + seconds
    while not (answer := found()):
        if time.monotonic() > end:
            pytest.fail(f"{told} within {seconds:g} s: {answer!r}")
        time.sleep(POLL_SECONDS)
    return answer


class Prometheus3:
    """A running Prometheus 3 that takes OTLP and scrapes what it is told to.

    Tests of a session share one: each gives its series a job of its own.
    """

    def __init__(self, program, folder):
        """Start ``program`` with its files in ``folder``."""
        self.port = free_port()
        self._path = Path(folder) / "prometheus.yml"
        self._jobs = {}
        self._write()
        self._child = Child(
            "Prometheus 3",
            (
                str(program),
                f"--config.file={self._path}",
                f"--storage.tsdb.path={Path(folder) / 'data'}",
                f"--web.listen-address={HOST}:{self.port}",
                "--web.enable-otlp-receiver",
                "--web.enable-lifecycle",
                "--enable-feature=exemplar-storage",
                "--scrape.discovery-reload-interval=100ms",  # hidden; without it a new target waits 5 s
                "--log.level=warn",
            ),
            Path(folder) / "prometheus.log",
        )

    def wait(self):
        """Return when it answers."""
        self._child.wait_until(lambda: answers(self.port, "/-/ready"), seconds=READY_SECONDS)

    def stop(self):
        """End it; may be called again."""
        self._child.stop()

    @property
    def url(self):
        """Where its API is."""
        return f"http://{HOST}:{self.port}"

    @property
    def otlp_endpoint(self):
        """Where an exporter over HTTP sends metrics to, in full."""
        return self.url + OTLP_PATH

    @contextlib.contextmanager
    def scraping(self, job, *targets, honor_labels=False, interval=SCRAPE_INTERVAL):
        """Scrape ``targets`` (host:port) under the name ``job``; returns to the test after a first scrape of each.

        What was scraped stays to be seen for five minutes after it, as whatever was pushed does.

        Args:
            job: Its name, which no other test uses.
            targets: Those that are scraped, at ``/metrics``.
            honor_labels: Labels ``job`` and ``instance`` of the target stand, as for a Collector that
                passes on what many processes sent.
            interval: Between two scrapes, such as ``300ms``.
        """
        self._jobs[job] = {
            "job_name": job, "honor_labels": honor_labels, "scrape_interval": interval, "scrape_timeout": interval,
            "static_configs": [{"targets": list(targets)}],
        }  # fmt: skip
        try:
            self._reload()
            up = f"sum(up{{job={_quoted(job)}}}) == {len(targets)}"
            until(lambda: self.query(up), told=f"{targets} was not scraped")
            yield
        finally:
            del self._jobs[job]
            self._reload()

    def query(self, expression, *, at=None):
        """Return the answer to an instant query: pairs of labels (a dict, ``__name__`` in it) and value.

        Args:
            expression: PromQL whose result is a vector.
            at: Unix time, or None for now.
        """
        data = self._get("query", query=expression, time=at)
        return [(each["metric"], float(each["value"][1])) for each in data["result"]]

    def wait_for(self, expression, *, seconds=PATIENCE_SECONDS):
        """Return the first answer to ``expression`` that is not empty."""
        return until(lambda: self.query(expression), seconds=seconds, told=f"no answer to {expression}")

    def series(self, *matchers):
        """Return the labels of all series that fit one of ``matchers``, also of those that have ended."""
        return self._get("series", **{"match[]": matchers})

    def exemplars(self, expression, *, start=None, end=None):
        """Return what exemplars the series in ``expression`` have: pairs of their labels and exemplars.

        Each exemplar is a dict: ``labels``, ``value`` (a float) and ``timestamp`` (unix seconds). Times
        are unix times; without them it is the last hour, and a minute to come.
        """
        now = time.time()
        data = self._get("query_exemplars", query=expression, start=start or now - 3600, end=end or now + 60)
        return [
            (each["seriesLabels"], [one | {"value": float(one["value"])} for one in each["exemplars"]])
            for each in data
        ]

    def _get(self, path, **parameters):
        named = urllib.parse.urlencode({k: v for k, v in parameters.items() if v is not None}, doseq=True)
        answer = get_json(self.port, f"/api/v1/{path}?{named}")
        if answer is None:
            pytest.fail(f"Prometheus 3 refused {path} {parameters}, or did not answer")
        return answer["data"]

    def _write(self):
        settings = {
            "global": {"scrape_interval": SCRAPE_INTERVAL, "scrape_timeout": SCRAPE_INTERVAL},
            "storage": {"tsdb": {"out_of_order_time_window": "30m"}},
            "scrape_configs": list(self._jobs.values()),
        }
        self._path.write_text(yaml.safe_dump(settings), encoding="utf-8")

    def _reload(self):
        self._write()
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("POST", "/-/reload")
            answer = connection.getresponse()
            if answer.status != http.client.OK:
                pytest.fail(f"Prometheus 3 refused its configuration: {answer.read().decode()}")


class Collector:
    """A running OpenTelemetry Collector; takes OTLP over gRPC and HTTP, is scraped, and prints logs and spans."""

    def __init__(self, program, folder, *, forward_to=None):
        """Start ``program`` with its files in ``folder``.

        Args:
            program: Its path.
            folder: Where its files go.
            forward_to: An address of OTLP over HTTP, in full, that it sends all metrics to beside.
        """
        self._grpc, self._http, self._scrape = free_port(), free_port(), free_port()
        path, self._log = Path(folder) / "collector.yml", Path(folder) / "collector.log"
        path.write_text(yaml.safe_dump(self._settings(forward_to)), encoding="utf-8")
        self._child = Child("the Collector", (str(program), f"--config={path}"), self._log)

    def wait(self):
        """Return when it listens on all its ports."""
        ports = (self._grpc, self._http, self._scrape)
        self._child.wait_until(lambda: all(map(_listens, ports)), seconds=READY_SECONDS)

    def stop(self):
        """End it; may be called again."""
        self._child.stop()

    @property
    def grpc_endpoint(self):
        """Where an exporter over gRPC sends to."""
        return f"http://{HOST}:{self._grpc}"

    @property
    def http_endpoint(self):
        """The value for OTEL_EXPORTER_OTLP_ENDPOINT; an exporter's own ``endpoint`` has ``/v1/metrics`` after it."""
        return f"http://{HOST}:{self._http}"

    @property
    def scrape_target(self):
        """What Prometheus scrapes (host:port); the labels job and instance are those of the senders."""
        return f"{HOST}:{self._scrape}"

    def said(self):
        """Return what it printed so far: every log record and span in full, and its own complaints."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def _settings(self, forward_to):
        exporters = {
            "debug": {"verbosity": "detailed", "sampling_initial": 100_000},
            # Only in OpenMetrics are there exemplars.
            "prometheus": {"endpoint": self.scrape_target, "enable_open_metrics": True},
        }
        if forward_to is not None:
            exporters["otlp_http"] = {
                "metrics_endpoint": forward_to, "sending_queue": {"enabled": False},
                "retry_on_failure": {"enabled": False},
            }  # fmt: skip
        of_metrics = [name for name in exporters if name != "debug"]
        return {
            "receivers": {
                "otlp": {
                    "protocols": {
                        "grpc": {"endpoint": f"{HOST}:{self._grpc}"},
                        "http": {"endpoint": f"{HOST}:{self._http}"},
                    }
                }
            },
            "processors": {"batch": {"timeout": "100ms"}},
            "exporters": exporters,
            "service": {
                "telemetry": {"metrics": {"level": "none"}},
                "pipelines": {
                    "metrics": {"receivers": ["otlp"], "processors": ["batch"], "exporters": of_metrics},
                    "logs": {"receivers": ["otlp"], "processors": ["batch"], "exporters": ["debug"]},
                    "traces": {"receivers": ["otlp"], "processors": ["batch"], "exporters": ["debug"]},
                },
            },
        }


def series_of(prometheus, job):
    """Return all series that ``job`` has at this moment, so that those of two ways can be compared.

    Two ways of one process give equal answers: without the labels job, instance and otel_scope_*, without
    the series of the scrape itself, and with ``le`` as a number (over OTLP a bound is ``1``, by scrape
    ``1.0``).

    Args:
        prometheus: A Prometheus3.
        job: Of a scrape, or the ``service.name`` of what was pushed.

    Returns:
        A value for each pair of name and frozenset of pairs of label and text, or number for ``le``.
    """
    found = {}
    for labels, value in prometheus.query(f"{{job={_quoted(job)}}}"):
        name = labels["__name__"]
        if name in OF_THE_SCRAPE or name.startswith("scrape_"):
            continue
        key = (
            name,
            frozenset(
                (label, float(text) if label == "le" else text)
                for label, text in labels.items()
                if label not in {"__name__", "job", "instance"} and not label.startswith("otel_scope_")
            ),
        )
        if key in found:
            pytest.fail(f"two series of {job} are one without job, instance and scope: {key}")
        found[key] = value
    return found


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _listens(port):
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
