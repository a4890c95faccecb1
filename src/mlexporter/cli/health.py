"""``mlexporter health``: does the exporter of this machine, or one at an address, say that it is well.

A container runs it every few seconds: it loads neither numpy nor anything that serves, and speaks the few
words of HTTP that it needs itself.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

import click

from mlexporter.settings import SETTINGS, Settings, is_given

if TYPE_CHECKING:
    import ssl

_PATHS: Final = ("/-/healthy", "/-/ready")
_EVERYWHERE: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared, not bound
_ANSWER_BYTES: Final = 4096
_TOML_BYTES: Final = 2**20
_YAML_BYTES: Final = 2**17
"""What `serve` reads of a file at most."""
_SHOWN: Final = 200
_OK: Final = 200
_SETTINGS: Final = {setting.name: setting for setting in SETTINGS}


class _Address(NamedTuple):
    """Where to ask; ``path`` is what stands before ours, where a proxy has put us below it."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"


@click.command("health")
@click.option(
    "--url", help="Where it serves; this machine, by MLEXPORTER_PORT and MLEXPORTER_WEB_CONFIG, if not given."
)
@click.option("--timeout", "timeout_seconds", type=click.FloatRange(0, min_open=True), default=5.0, show_default=True,
              metavar="SECONDS", help="For both answers together.")  # fmt: skip
@click.option("--insecure", is_flag=True, help="Take any certificate; without --url that is so anyway.")
@click.option(
    "--ca-file", type=click.Path(), help="Certificates that vouch for the server's, instead of the system's."
)
@click.option(
    "--cert-file",
    type=click.Path(),
    help="Certificate of our own, with its key, where the server asks for one.",
)
@click.option("--key-file", type=click.Path(), help="Key of --cert-file, where it is not in it.")
def health_command(*, url: str | None, timeout_seconds: float, insecure: bool, **files: str | None) -> None:
    """Exit 0 if the exporter says that it is healthy and ready, else 1 with the reason in one line.

    Both answers are open to all, also where everything else asks for a password. Without --url the port is
    that of the environment or of the configuration file; one that is only given to `serve` is not known here.
    """
    address = _asked(url) if url else _own(os.environ)
    until = time.monotonic() + timeout_seconds
    troubles: list[Exception | None] = []

    def ask() -> None:
        try:
            # Our own loopback has no name that a certificate could be for.
            is_checked = bool(url) and not insecure
            context = _context(is_checked=is_checked, **files) if address.scheme == "https" else None
            _ask(address, context, until)
        except (OSError, ValueError) as error:  # what ssl raises is an OSError
            troubles.append(error)
        else:
            troubles.append(None)

    # In a thread that is left behind: looking up a name takes as long as it takes.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(timeout_seconds)
    error = troubles[0] if troubles else TimeoutError()
    if isinstance(error, TimeoutError):
        _fail(f"{address.url} did not answer within {timeout_seconds:g} s")
    if error is not None:
        why = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or str(error)
        _fail(why if address.url in why else f"{address.url} cannot be asked: {why}")
    click.echo(f"{address.url} is healthy and ready")


def _ask(address: _Address, context: ssl.SSLContext | None, until: float) -> None:
    for path in _PATHS:
        status, said = _answer(address, path, context, until)
        if status != _OK:
            raise ConnectionError(f"{address.url}{path} answered {status}: {said}")


def _fail(why: str) -> None:
    line = "".join(character if character.isprintable() else " " for character in why)
    click.echo(f"mlexporter: not healthy: {line}", err=True)
    sys.exit(1)


def _asked(url: str) -> _Address:
    try:
        found = urlsplit(url if "://" in url else f"http://{url}")
        port = found.port or (443 if found.scheme == "https" else 80)
    except ValueError:
        found, port = urlsplit(""), 0
    if found.scheme not in {"http", "https"} or not found.hostname or not port:
        raise click.UsageError(f"--url {url!r}: an address is needed, such as http://127.0.0.1:9469")
    return _Address(found.scheme, found.hostname, port, found.path.rstrip("/"))


def _own(environment: Mapping[str, str]) -> _Address:
    """Return where an exporter of this machine serves, by the environment and the configuration file."""
    of_file = _settings_of_file(environment.get(_SETTINGS["config"].variable, ""))

    def value(name: str) -> str:
        given = environment[_SETTINGS[name].variable] if is_given(_SETTINGS[name], environment) else ""
        return str(given or of_file.get(name) or getattr(Settings(), name))

    host = value("host").removeprefix("[").removesuffix("]")
    port = value("port")
    if not port.isdecimal() or int(port) == 0:
        raise click.UsageError(f"port={port!r}: name the address with --url")
    scheme = "https" if _has_tls(value("web_config")) else "http"
    return _Address(scheme, "127.0.0.1" if host in _EVERYWHERE else host, int(port))


def _settings_of_file(path: str) -> Mapping[str, Any]:
    """Return ``[settings]`` of a configuration file as it stands there; what reads it properly takes longer."""
    if not path:
        return {}
    import tomllib  # noqa: PLC0415 - for who names a file

    try:
        found = tomllib.loads(_content(path, _TOML_BYTES).decode("utf-8-sig")).get("settings", {})
    except (OSError, ValueError, RecursionError):
        return {}  # the exporter holds on to what it read before; we hold on to the defaults
    return found if isinstance(found, dict) else {}


def _has_tls(path: str) -> bool:
    if not path:
        return False
    import yaml  # noqa: PLC0415 - for who names a file

    try:
        documents = yaml.load_all(
            _content(path, _YAML_BYTES), yaml.BaseLoader
        )  # texts only: nothing is merged or made
        return any(isinstance(each, dict) and each.get("tls_server_config") for each in documents)
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return False


def _content(path: str, most: int) -> bytes:
    """Return the content of a file; raises OSError where it is none, or of more than ``most`` bytes."""
    from pathlib import Path  # noqa: PLC0415 - for who names a file

    file = Path(path)
    if not file.is_file():  # a pipe would wait
        raise OSError
    with file.open("rb") as opened:
        data = opened.read(most + 1)
    if len(data) > most:
        raise OSError
    return data


def _context(
    *, is_checked: bool, ca_file: str | None, cert_file: str | None, key_file: str | None
) -> ssl.SSLContext:
    import ssl  # noqa: PLC0415 - for https

    context = ssl.create_default_context(cafile=ca_file)
    if not is_checked and ca_file is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if cert_file is not None:
        context.load_cert_chain(cert_file, key_file)
    return context


def _answer(address: _Address, path: str, context: ssl.SSLContext | None, until: float) -> tuple[int, str]:
    """Return the status of an answer, and the first line of what it says."""
    with socket.create_connection((address.host, address.port), timeout=_rest(until)) as plain:
        connection = plain if context is None else context.wrap_socket(plain, server_hostname=address.host)
        with connection:
            host = address.url.partition("://")[2].partition("/")[0]
            request = f"GET {address.path}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            connection.settimeout(_rest(until))
            connection.sendall(request.encode("ascii"))
            data = b""
            while len(data) < _ANSWER_BYTES:
                connection.settimeout(_rest(until))
                piece = connection.recv(_ANSWER_BYTES)
                if not piece:
                    break
                data += piece
    head, _, body = data.decode("latin-1").partition("\r\n\r\n")
    words = head.partition("\r\n")[0].split()
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdecimal():
        raise ConnectionError(
            f"what answers at {address.url} speaks no HTTP, or not this one: http or https?"
        )
    return int(words[1]), body.strip().partition("\n")[0][:_SHOWN]


def _rest(until: float) -> float:
    rest = until - time.monotonic()
    if rest <= 0:
        raise TimeoutError
    return rest
