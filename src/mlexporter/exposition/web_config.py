"""The web configuration file of Prometheus exporters: TLS, authentication, headers and a rate limit.

The keys are those that other exporters know; ``mlexporter`` beside them, best in a second document of the
file, has what they do not know: ``bearer_tokens_file``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from mlexporter.errors import SettingError
from mlexporter.exposition.credentials import Credentials, bearer_digest
from mlexporter.exposition.web_config_document import (
    as_boolean,
    as_seconds,
    as_table,
    as_text,
    as_whole,
    known_keys,
    read_documents,
    shown,
    taken,
)
from mlexporter.exposition.web_config_files import ReadFiles
from mlexporter.exposition.web_config_tls import SECTION, Tls, read_tls

_KEYS: Final = (SECTION, "http_server_config", "basic_auth_users", "rate_limit", "mlexporter")
_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "Content-Security-Policy": (),
    "Strict-Transport-Security": (),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("deny", "sameorigin"),
    "X-XSS-Protection": (),
}
"""Headers that may be set, with the values that are allowed where there are few."""
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]*")
_BCRYPT: Final = re.compile(r"\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}")
_COSTS: Final = range(4, 15)
_BEARER: Final = re.compile(r"[A-Za-z0-9._~+/-]{16,4096}={0,2}")
_HASHED: Final = re.compile(r"sha256:([0-9a-f]{64})")
_TOKENS_LIMIT: Final = 1000
_USERS_LIMIT: Final = 1000


class RateLimit(NamedTuple):
    """A request may be made each ``interval_seconds``, and ``burst`` of them at once after a pause."""

    interval_seconds: float
    burst: int


class WebConfig(NamedTuple):
    """What one reading of the file says.

    Attributes:
        tls: What connections are met with; None without TLS.
        credentials: Who may ask; None where nobody has to say who they are.
        headers: Of every answer, in lower case; an empty value leaves one out.
        rate_limit: Of all requests but those for health; None without one.
        files: What was read.
    """

    tls: Tls | None
    credentials: Credentials | None
    headers: Mapping[str, str]
    rate_limit: RateLimit | None
    files: ReadFiles

    @property
    def is_protected(self) -> bool:
        """Whether every request is that of somebody who is known."""
        return self.credentials is not None or (self.tls is not None and self.tls.requires_certificates)

    def says_the_same(self, other: WebConfig) -> bool:
        """Return whether both readings have one meaning."""
        fingerprints = [config.tls.fingerprint if config.tls else "" for config in (self, other)]
        return fingerprints[0] == fingerprints[1] and (self.credentials, self.headers, self.rate_limit) == (
            other.credentials, other.headers, other.rate_limit,
        )  # fmt: skip


def read_web_config(path: str) -> WebConfig:
    """Return what the file at ``path``, and those that it names, say.

    Raises:
        SettingError: one of them cannot be read or says what cannot be done; names file, key, value and the
            way out, but no secret.
    """
    files = ReadFiles(path)
    content = read_documents(files.own(), path)
    known_keys(content, _KEYS, path)
    tls = as_table(content.get(SECTION), f"{path}: {SECTION}")
    users = _users(as_table(content.get("basic_auth_users"), f"{path}: basic_auth_users"), path)
    tokens = _tokens(as_table(content.get("mlexporter"), f"{path}: mlexporter"), files)
    return WebConfig(
        tls=read_tls(tls, files) if tls else None,
        credentials=Credentials(users, tokens) if users or tokens else None,
        headers=_headers(content.get("http_server_config"), path),
        rate_limit=_rate_limit(content.get("rate_limit"), path),
        files=files,
    )


def _users(table: Mapping[str, Any], path: str) -> dict[bytes, bytes]:
    if not table:
        return {}
    try:
        import bcrypt  # noqa: F401, PLC0415 - an extra, asked for here so that a lack shows at the start
    except ImportError:
        raise SettingError(
            f"{path}: basic_auth_users needs the package bcrypt; pip install 'mlexporter[web]'"
        ) from None
    if len(table) > _USERS_LIMIT:
        raise SettingError(f"{path}: basic_auth_users: more than {_USERS_LIMIT} users; name fewer")
    found = {}
    for name, value in table.items():
        where = f"{path}: basic_auth_users.{shown(name)}"
        match = _BCRYPT.fullmatch(as_text(value, where))
        if not name or ":" in name:
            raise SettingError(f"{where}: a name of at least one character without a colon is needed")
        if match is None:  # the value is not shown: it may be the password itself
            raise SettingError(f"{where}: this is no bcrypt hash; make one with: htpasswd -nBC 10 NAME")
        if int(match[1]) not in _COSTS:
            raise SettingError(
                f"{where}: cost {int(match[1])}: one from {_COSTS[0]} to {_COSTS[-1]} is needed, beyond that a check "
                "takes seconds; make the hash with: htpasswd -nBC 10 NAME"
            )
        found[name.encode("utf-8", "surrogatepass")] = match[0].encode()
    return found


def _tokens(table: Mapping[str, Any], files: ReadFiles) -> frozenset[bytes]:
    place = f"{files.path}: mlexporter"
    known_keys(table, ("bearer_tokens_file",), place)
    where = f"{place}.bearer_tokens_file"
    name = taken(table, "bearer_tokens_file", place, as_text, "")
    if not name:
        return frozenset()
    found = set()
    for number, line in enumerate(files.named(name, where).decode("utf-8", "replace").splitlines(), 1):
        token = line.strip()
        if not token or token.startswith("#"):
            continue
        hashed = _HASHED.fullmatch(token)
        if hashed is None and _BEARER.fullmatch(token) is None:
            raise SettingError(
                f"{where}: line {number}: a token of 16 or more letters, digits and ._~+/-, or sha256: and 64 "
                "hexadecimal digits is needed; make one with: openssl rand -hex 32"
            )
        found.add(bytes.fromhex(hashed[1]) if hashed else bearer_digest(token.encode()))
    if not 0 < len(found) <= _TOKENS_LIMIT:
        raise SettingError(
            f"{where}: it has {len(found)} tokens; one a line is needed, {_TOKENS_LIMIT} at most"
        )
    return frozenset(found)


def _headers(value: Any, path: str) -> dict[str, str]:
    where = f"{path}: http_server_config"
    table = as_table(value, where)
    known_keys(table, ("http2", "headers"), where)
    taken(table, "http2", where, as_boolean, True)  # Python's servers of today speak HTTP/1.1, which all can
    headers = as_table(table.get("headers"), f"{where}.headers")
    known_keys(headers, _HEADERS, f"{where}.headers")
    found = {}
    for name, raw in headers.items():
        text = as_text(raw, f"{where}.headers.{name}")
        if not _PRINTABLE.fullmatch(text):
            raise SettingError(f"{where}.headers.{name}: printable ASCII on one line is needed")
        if text and _HEADERS[name] and text.lower() not in _HEADERS[name]:
            raise SettingError(
                f"{where}.headers.{name}: {shown(text)} is none of {', '.join(_HEADERS[name])}; one of them, or "
                "nothing, is needed"
            )
        found[name.lower()] = text.strip()
    return found


def _rate_limit(value: Any, path: str) -> RateLimit | None:
    where = f"{path}: rate_limit"
    table = as_table(value, where)
    known_keys(table, ("interval", "burst"), where)
    interval = taken(table, "interval", where, as_seconds, 0.0)
    burst = taken(table, "burst", where, as_whole, 0)
    if interval == 0:
        return None
    if burst == 0:
        raise SettingError(f"{where}.burst: 0 lets no request through; 1 or more is needed")
    return RateLimit(interval, burst)
