"""Real `mlexporter serve` with a web configuration, and real Prometheus that scrapes it while files change."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

import pytest

from mlexporter.catalogue import ACCESS_DENIED, DEGRADED
from mlexporter.demo.programs import get_json
from mlexporter.demo.prometheus import start_prometheus
from real_programs import program_of
from web_asking import ask, basic, bearer
from web_files import BEARER, MUTUAL, TLS, users

TOKEN = "0123456789abcdef0123456789abcdef"
PATIENCE_SECONDS = 30.0

pytestmark = pytest.mark.integration


class Exporter:
    """A process of `mlexporter serve`."""

    def __init__(self, folder, web_config, log):
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("MLEXPORTER_")
        }
        self._log = log.open("wb")
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mlexporter", "serve", "--dir", str(folder), "--port", "0"],
            stdout=subprocess.PIPE, stderr=self._log, text=True,
            env={**environment, "MLEXPORTER_WEB_CONFIG": web_config},
        )  # fmt: skip
        first = self.process.stdout.readline()
        assert first.startswith("serving https://"), first + log.read_text()
        self.url = first.split()[1].removesuffix("/metrics")
        self.host, port = urllib.parse.urlsplit(self.url).netloc.split(":")
        self.port = int(port)

    def stop(self):
        """End it, and say how."""
        self.process.terminate()
        self.process.communicate(timeout=20)
        self._log.close()
        return self.process.returncode


@pytest.fixture
def exporter(tmp_path):
    """Return a function that starts `mlexporter serve`."""
    with contextlib.ExitStack() as stack:

        def start(web_config):
            found = Exporter(tmp_path / "counts", web_config, tmp_path / "exporter.log")
            stack.callback(found.stop)
            return found

        yield start


@pytest.fixture(params=["install-prometheus", "install-prometheus-3"], ids=["2", "3"])
def prometheus(request, tmp_path):
    """Return a function that starts Prometheus with one job, once of each version."""
    program = program_of(request.param, "prometheus")
    with contextlib.ExitStack() as stack:

        def start(exporter, **job):
            folder = tmp_path / "monitoring"
            folder.mkdir()
            configuration = {
                "global": {"scrape_interval": "200ms", "evaluation_interval": "1s"},
                "scrape_configs": [
                    {
                        "job_name": "mlexporter", "scheme": "https", "fallback_scrape_protocol": "PrometheusText0.0.4",
                        "static_configs": [{"targets": [f"localhost:{exporter.port}"]}], **job,
                    }
                ],
            }  # fmt: skip
            if request.param == "install-prometheus":
                del configuration["scrape_configs"][0]["fallback_scrape_protocol"]
            return start_prometheus(program, configuration, folder, lambda child: stack.callback(child.stop))

        yield start


def query(prometheus, expression):
    """Return the values that Prometheus has now."""
    answer = get_json(prometheus.port, f"/api/v1/query?query={urllib.parse.quote(expression)}")
    return [float(entry["value"][1]) for entry in answer["data"]["result"]] if answer else []


def eventually(is_so):
    """Wait until something is so."""
    ended = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < ended
        time.sleep(0.1)


def test_basic_auth_over_tls(files, exporter, prometheus):
    """Prometheus scrapes with user, password and our authority; and what it is given is denied to others."""
    running = exporter(files.write(TLS + users(prometheus="secret")))
    assert ask(running, context=files.context())[0] == 401
    found = prometheus(
        running, basic_auth={"username": "prometheus", "password": "secret"},
        tls_config={"ca_file": str(files.folder / "authority.pem")},
    )  # fmt: skip
    found.wait(with_alertmanager=False)

    eventually(
        lambda: query(found, f'{ACCESS_DENIED.name}{{endpoint="request",reason="no_credentials"}}') == [1.0]
    )
    assert query(found, f'{ACCESS_DENIED.name}{{reason="wrong_credentials"}}') == [0.0]


def test_bearer_token(files, exporter, prometheus):
    """One file is the Secret of both: ``credentials_file`` of Prometheus, ``bearer_tokens_file`` here."""
    (files.folder / "tokens").write_text(TOKEN + "\n")
    running = exporter(files.write(TLS + BEARER))
    found = prometheus(
        running, authorization={"credentials_file": str(files.folder / "tokens")},
        tls_config={"ca_file": str(files.folder / "authority.pem")},
    )  # fmt: skip
    found.wait(with_alertmanager=False)
    assert ask(running, context=files.context(), headers=bearer(TOKEN[:-1]))[0] == 401
    assert ask(running, "/-/healthy", context=files.context())[0] == 200


def test_mutual_tls(files, exporter, prometheus):
    """Prometheus shows its certificate; who has none gets nothing."""
    running = exporter(files.write(MUTUAL + "  client_allowed_sans: [prometheus.example.org]\n"))
    client = files.client()
    found = prometheus(
        running,
        tls_config={
            "ca_file": str(files.folder / "authority.pem"), "cert_file": str(client), "key_file": str(client),
        },
    )  # fmt: skip
    found.wait(with_alertmanager=False)
    with pytest.raises(OSError, match=r"CERTIFICATE_REQUIRED|certificate required|reset|closed"):
        ask(running, context=files.context())
    eventually(lambda: query(found, f'{ACCESS_DENIED.name}{{reason="client_certificate"}}') == [1.0])


def test_a_rotation_while_it_is_scraped(files, exporter, prometheus):
    """As cert-manager and a kubelet do it: a link is swapped; no scrape fails, and the new certificate is served."""
    for number in (1, 2):
        folder = files.folder / f"..{number}"
        folder.mkdir()
        files.issue()
        for name in ("server.crt", "server.key"):
            (files.folder / name).rename(folder / name)
    for name in ("server.crt", "server.key"):
        (files.folder / name).symlink_to(f"..data/{name}")
    (files.folder / "..data").symlink_to("..1")
    running = exporter(files.write(TLS + users(prometheus="secret")))
    found = prometheus(
        running, basic_auth={"username": "prometheus", "password": "secret"},
        tls_config={"ca_file": str(files.folder / "authority.pem")},
    )  # fmt: skip
    found.wait(with_alertmanager=False)
    before = served_certificate(running)
    (files.folder / "..swap").symlink_to("..2")
    (files.folder / "..swap").rename(files.folder / "..data")

    eventually(lambda: served_certificate(running) != before)
    time.sleep(1.0)
    assert query(found, "min_over_time(up[1m])") == [1.0]
    assert query(found, f"{DEGRADED.name}{{reason='web_config_invalid'}}") == [0.0]


def served_certificate(running):
    """Return the certificate that a new connection is met with."""
    import ssl

    return ssl.get_server_certificate((running.host, running.port), timeout=20)


def test_a_bad_file_is_told_by_the_series_and_a_good_one_ends_it(files, exporter):
    """Who scrapes goes on meanwhile; a new password holds within a second or two."""
    running = exporter(files.write(TLS + users(prometheus="secret")))
    context, secret = files.context(), basic("prometheus", "secret")

    def degraded():
        _, _, body = ask(running, context=context, headers=secret)
        return f'{DEGRADED.name}{{reason="web_config_invalid"}} 1' in body.decode()

    assert not degraded()
    files.write(TLS + "basic_auth_user: {}\n")
    eventually(degraded)
    assert "did you mean basic_auth_users?" in running.log.read_text()
    files.write(TLS + users(prometheus="new"))
    eventually(lambda: ask(running, context=context, headers=secret)[0] == 401)
    assert ask(running, context=context, headers=basic("prometheus", "new"))[0] == 200
    assert running.log.read_text().count("\n") == 2


def test_a_bad_file_at_the_start_ends_the_command(files, tmp_path):
    """In one line that names the key; nothing is served."""
    done = subprocess.run(
        [sys.executable, "-m", "mlexporter", "serve", "--dir", str(tmp_path / "counts"), "--port", "0"],
        env={**os.environ, "MLEXPORTER_WEB_CONFIG": files.write("tls_config: {}\n")},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == 1
    assert "did you mean tls_server_config?" in done.stderr
    assert done.stderr.count("\n") == 1


WORKER = """
import sys, time, mlexporter
handle = mlexporter.serve(int(sys.argv[1]))
mlexporter.monitor(model="a", version="1")(lambda row: 1.0)({"x": 1.0})
print(handle.url, flush=True)
time.sleep(300)
"""


def test_workers_that_stand_by_guard_too(files, tmp_path):
    """Whoever takes over has read the same file: TLS and the password hold after ``kill -9``."""
    from mlexporter.demo.programs import free_port

    port = free_port()
    environment = {
        **os.environ, "MLEXPORTER_DIR": str(tmp_path / "counts"),
        "MLEXPORTER_WEB_CONFIG": files.write(TLS + users(prometheus="secret")),
    }  # fmt: skip
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(port)], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    try:
        assert [worker.stdout.readline() for worker in workers] == [f"https://127.0.0.1:{port}\n"] * 2
        where = type("Where", (), {"host": "127.0.0.1", "port": port})

        def status(**how):
            try:
                return ask(where, context=files.context(), **how)[0]
            except OSError:
                return None

        for worker in (workers[0], None):
            eventually(lambda: status() == 401)
            eventually(lambda: status(headers=basic("prometheus", "secret")) == 200)
            if worker is not None:
                worker.kill()
                worker.wait(20)
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate(timeout=20)


@pytest.fixture(params=["install-prometheus", "install-prometheus-3"], ids=["2", "3"])
def promtool(request):
    """The path of promtool, once of each version."""
    return program_of(request.param, "promtool")


EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples" / "web"


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.glob("*.yml")))
def test_our_examples_are_those_of_every_exporter(files, promtool, example):
    """Each of them is taken by promtool example, our own key in its second document included; and so do we."""
    from mlexporter.exposition.web_config import read_web_config

    for name, content in (("tls.crt", "server.crt"), ("tls.key", "server.key"), ("ca.crt", "clients.pem")):
        files.write_pem(name, (files.folder / content).read_bytes())
    (files.folder / "tokens").write_text(TOKEN)
    path = files.write((EXAMPLES / example).read_text(), example)
    assert read_web_config(path).is_protected
    if "debian" in promtool:  # of 2023: it does not know this key yet
        text = (EXAMPLES / example).read_text()
        names = "  client_allowed_sans:\n    - prometheus.monitoring.svc\n"
        path = files.write(text.replace(names, ""), example)
    done = subprocess.run(
        [promtool, "check", "web-config", path], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, "SUCCESS" in done.stdout + done.stderr) == (0, True), done.stdout + done.stderr
