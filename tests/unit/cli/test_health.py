"""``mlexporter health`` against servers that are well, not ready, gone, silent, foreign, or behind TLS."""

import json
import os
import socket
import subprocess
import sys
import threading

import pytest
import trustme
from click.testing import CliRunner

from mlexporter.cli import command_line
from mlexporter.exposition.server import serve
from mlexporter.settings import SETTINGS


@pytest.fixture
def served(view):
    """Return a function that serves, and the handle of the server; all are closed in the end."""
    handles = []

    def start(**options):
        handles.append(serve(lambda: view, port=0, **options))
        return handles[-1]

    yield start
    for handle in handles:
        handle.close()


@pytest.fixture
def view():
    """No View is needed for health."""


@pytest.fixture
def listener():
    """A port that is listened on by nobody who answers."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        yield found


def run(*arguments, **environment):
    variables = {each.variable: None for each in SETTINGS} | environment
    return CliRunner().invoke(command_line, ["health", *map(str, arguments)], env=variables)


def reason(result):
    """Return why it is not well; it is one line on the standard error."""
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("mlexporter: not healthy: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def answering(listener, answer):
    """Answer whoever connects with these bytes, whatever was asked."""

    def work():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

    threading.Thread(target=work, daemon=True).start()
    return listener.getsockname()[1]


def test_one_that_is_well(served):
    """Exit 0, by an address or by the port of the environment."""
    handle = served()

    for result in (
        run("--url", handle.url),
        run(MLEXPORTER_PORT=str(handle.port)),
        run("--url", f"{handle.url}/"),
    ):
        assert result.exit_code == 0, result.output
        assert result.stdout == f"{handle.url} is healthy and ready\n"


def test_one_that_is_not_ready(served):
    """The answer is handed on."""
    assert "/-/ready answered 503: not ready" in reason(run("--url", served(is_ready=lambda: False).url))


def test_none_at_all(listener):
    """Nobody listens there any more."""
    port = listener.getsockname()[1]
    listener.close()

    assert f"http://127.0.0.1:{port} cannot be asked: Connection refused" in reason(
        run(MLEXPORTER_PORT=str(port))
    )
    assert "cannot be asked" in reason(run("--url", "http://nowhere.invalid:1"))


def test_one_that_says_nothing(listener):
    """The time is over for both answers together."""
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    assert "did not answer within 0.2 s" in reason(run("--url", url, "--timeout", "0.2"))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"SSH-2.0-OpenSSH\r\n", "speaks no HTTP"),
        (b"", "speaks no HTTP"),
        (b"HTTP/1.1 404 Not Found\r\n\r\nno\x1b[2J such\r\nthing", "answered 404: no [2J such"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000, ""),
    ],
)
def test_strangers(listener, answer, why):
    """What they say is cut, on one line, and steers no terminal."""
    result = run("--url", f"http://127.0.0.1:{answering(listener, answer)}")

    if why:
        assert why in reason(result)
        assert "\x1b" not in result.stderr
        assert len(result.stderr) < 500


def test_a_name_that_takes_long_to_look_up(monkeypatch):
    """The resolver has a patience of its own, which is longer."""
    looked_up = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: looked_up.wait(20) and [])
    try:
        assert "did not answer within 0.2 s" in reason(run("--url", "http://slow.test", "--timeout", "0.2"))
    finally:
        looked_up.set()


@pytest.mark.parametrize(
    "content",
    [
        None,
        "[" * 10_000,
        "a: !!int ''\n",
        "a: !!bool x\n",
        "a: !!timestamp x\n",
        "a: &a {x: y}\nb: {<<: *a, <<: 1}\n",
        "#" * 2_000_000,
    ],
    ids=["pipe", "deep", "no number", "no boolean", "no time", "merged", "large"],
)
def test_files_of_rubbish(served, tmp_path, content):
    """What waits for a writer is not opened; what is no configuration is left out; the port is asked."""
    path = tmp_path / "file"
    if content is None:
        os.mkfifo(path)
    else:
        path.write_text(content)
    port = str(served().port)

    assert run(MLEXPORTER_PORT=port, MLEXPORTER_WEB_CONFIG=str(path)).exit_code == 0
    assert run(MLEXPORTER_PORT=port, MLEXPORTER_CONFIG=str(path)).exit_code == 0


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://x:99999", "https://[::1"])
def test_what_is_no_address(url):
    """It is a mistake of who asks, exit 2."""
    result = run("--url", url)

    assert result.exit_code == 2
    assert "such as http://127.0.0.1:9469" in result.output


def test_the_settings_of_the_file_tell_where(served, tmp_path):
    """The environment wins, but for a port that Kubernetes has set; what is wrong in the file is left out."""
    handle = served()
    path = tmp_path / "mlexporter.toml"
    path.write_text(f"[settings]\nport = {handle.port}\nother = 1\n")

    assert run(MLEXPORTER_CONFIG=str(path)).exit_code == 0
    assert run(MLEXPORTER_CONFIG=str(path), MLEXPORTER_PORT="tcp://10.0.0.1:9469").exit_code == 0
    assert run(MLEXPORTER_CONFIG=str(path), MLEXPORTER_PORT="1").exit_code == 1
    path.write_text("[settings")
    assert run(MLEXPORTER_CONFIG=str(path), MLEXPORTER_PORT=str(handle.port)).exit_code == 0
    assert run(MLEXPORTER_PORT="0").exit_code == 2


def test_every_address_is_asked_on_loopback(served):
    """0.0.0.0 is no address to connect to."""
    handle = served(host="0.0.0.0")

    assert run(MLEXPORTER_HOST="0.0.0.0", MLEXPORTER_PORT=str(handle.port)).exit_code == 0


@pytest.fixture
def authority():
    return trustme.CA()


@pytest.fixture
def encrypted(served, tmp_path, authority):
    """A server with a certificate for 127.0.0.1, and the files: web configuration, authority, a client's."""
    from mlexporter.exposition.web_config import read_web_config

    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    authority.issue_cert("client").private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")

    def start(more=""):
        path = tmp_path / "web.yml"
        path.write_text(
            f"tls_server_config:\n  cert_file: {tmp_path}/server.pem\n  key_file: {tmp_path}/server.pem\n{more}"
        )
        found = read_web_config(str(path))
        return served(web=lambda: found), tmp_path

    return start


def test_behind_tls(encrypted):
    """A certificate is checked where an address is given, unless it is vouched for or nobody cares."""
    handle, folder = encrypted()

    assert handle.url.startswith("https://")
    assert "certificate" in reason(run("--url", handle.url))
    assert run("--url", handle.url, "--insecure").exit_code == 0
    assert run("--url", handle.url, "--ca-file", folder / "ca.pem").exit_code == 0
    assert "ask by https" in reason(run("--url", handle.url.replace("https", "http")))
    own = {"MLEXPORTER_PORT": str(handle.port), "MLEXPORTER_WEB_CONFIG": str(folder / "web.yml")}
    assert run(**own).exit_code == 0
    assert "cannot be asked" in reason(run("--url", handle.url, "--ca-file", folder / "nothing.pem"))


def test_a_plain_server_asked_by_https(served):
    """It is no certificate that is wrong."""
    handle = served()

    assert "cannot be asked" in reason(run("--url", handle.url.replace("http", "https"), "--insecure"))


def test_where_clients_need_a_certificate(encrypted):
    """It is given as to every other program."""
    handle, folder = encrypted(
        "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: {}\n".format("ca.pem")
    )

    assert run("--url", handle.url, "--insecure", "--cert-file", folder / "client.pem").exit_code == 0
    assert reason(run("--url", handle.url, "--insecure"))


def test_it_loads_nothing_heavy():
    """It runs every few seconds beside the model."""
    program = (
        "import json, sys\n"
        "from mlexporter.cli import command_line\n"
        "try: command_line(['health', '--url', 'http://127.0.0.1:9', '--timeout', '1'])\n"
        "except SystemExit: print(json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    heavy = {"numpy", "scipy", "asyncio", "uvicorn", "yaml", "ssl", "http.client", "tomllib", "mlexporter.app",
             "mlexporter.exposition", "mlexporter.records", "importlib.metadata"}  # fmt: skip
    assert heavy & set(json.loads(done.stdout.splitlines()[-1])) == set()
