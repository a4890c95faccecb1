"""``tls_server_config`` of a web configuration: its keys, and the context of Python's ssl that obeys them."""

from __future__ import annotations

import hashlib
import ssl
from typing import Any, Final, NamedTuple

from mlexporter.errors import SettingError
from mlexporter.exposition.certificate_chain import load_chain
from mlexporter.exposition.certificate_names import allowed_names
from mlexporter.exposition.web_config_document import (
    Table,
    as_boolean,
    as_text,
    as_texts,
    known_keys,
    one_of,
    shown,
    taken,
)
from mlexporter.exposition.web_config_files import ReadFiles

SECTION: Final = "tls_server_config"
_KEYS: Final = (
    "cert_file", "key_file", "cert", "key", "client_auth_type", "client_ca_file", "client_ca",
    "client_allowed_sans", "min_version", "max_version", "cipher_suites", "curve_preferences",
    "prefer_server_cipher_suites",
)  # fmt: skip
_CLIENTS: Final = {
    "NoClientCert": ssl.CERT_NONE,
    # Nobody looks at such a certificate, and Python's ssl can ask for none that it does not verify.
    "RequestClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
_UNVERIFIED: Final = ("RequireAnyClientCert", "RequireClientCert")
_VERSIONS: Final = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_OLD_VERSIONS: Final = ("TLS10", "TLS11")
_CURVES: Final = {
    "CurveP256": "prime256v1", "CurveP384": "secp384r1", "CurveP521": "secp521r1", "X25519": "X25519",
}  # fmt: skip
_SUITES_OF_13: Final = (
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
)  # fmt: skip
_SUITES_OF_12: Final = {
    f"TLS_ECDHE_{signature}_WITH_{name}": f"ECDHE-{signature}-{openssl}"
    for signature in ("ECDSA", "RSA")
    for name, openssl in (
        ("AES_128_GCM_SHA256", "AES128-GCM-SHA256"),
        ("AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
        ("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"),
        ("AES_128_CBC_SHA", "AES128-SHA"),
        ("AES_256_CBC_SHA", "AES256-SHA"),
    )
}


class Tls(NamedTuple):
    """What new connections are met with.

    Attributes:
        context: The certificate, and what is asked of clients.
        allowed_names: Of which a client's certificate has to have one; empty allows all.
        requires_certificates: Whether every client has shown a certificate that was verified.
        client_policy: Changes when what is asked of clients does.
        fingerprint: Changes when anything does.
    """

    context: ssl.SSLContext
    allowed_names: frozenset[str]
    requires_certificates: bool
    client_policy: str
    fingerprint: str


def read_tls(table: Table, files: ReadFiles) -> Tls:
    """Return what ``tls_server_config`` says; the files that it names are read.

    Raises:
        SettingError: it cannot be done; names the key and the way out.
    """
    where = f"{files.path}: {SECTION}"
    known_keys(table, _KEYS, where)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    certificate = _pem(table, "cert", files, where, needed=True)
    key = _pem(table, "key", files, where, needed=True)
    load_chain(context, certificate, key, where)
    _limit_versions(context, table, where)
    _choose_ciphers(context, table, where)
    _choose_curve(context, table, where)
    authorities = _pem(table, "client_ca", files, where, needed=False)
    _ask_clients(context, table, authorities, where)
    names = allowed_names(taken(table, "client_allowed_sans", where, as_texts, ()))
    if names and context.verify_mode == ssl.CERT_NONE:
        raise SettingError(
            f"{where}.client_allowed_sans: no certificate is verified that could have such a name; "
            "set client_auth_type: RequireAndVerifyClientCert and client_ca_file too"
        )
    policy = _digest(authorities, str(int(context.verify_mode)).encode(), *sorted(n.encode() for n in names))
    rest = repr(sorted((key, value) for key, value in table.items() if key not in {"cert", "key"}))
    return Tls(
        context,
        names,
        context.verify_mode == ssl.CERT_REQUIRED,
        policy,
        _digest(policy.encode(), certificate, key, rest.encode("utf-8", "backslashreplace")),
    )


def _pem(table: Table, name: str, files: ReadFiles, where: str, *, needed: bool) -> bytes:
    inline = taken(table, name, where, as_text, "")
    path = taken(table, f"{name}_file", where, as_text, "")
    if inline and path:
        raise SettingError(f"{where}: {name} and {name}_file are both given; leave one of them out")
    if inline:
        return bytes(inline.encode("utf-8", "backslashreplace"))
    if path:
        return files.named(path, f"{where}.{name}_file")
    if needed:
        raise SettingError(f"{where}: {name}_file is missing; name the PEM file, relative to this one")
    return b""


def _ask_clients(context: ssl.SSLContext, table: Table, authorities: bytes, where: str) -> None:
    asked = taken(table, "client_auth_type", where, as_text, "") or "NoClientCert"
    if asked in _UNVERIFIED:
        raise SettingError(
            f"{where}.client_auth_type: {asked} takes any certificate unverified, which keeps nobody out and "
            "which Python's ssl cannot do; use RequireAndVerifyClientCert with client_ca_file"
        )
    mode = _CLIENTS[one_of(asked, _CLIENTS, f"{where}.client_auth_type")]
    if mode == ssl.CERT_NONE:
        if authorities:
            raise SettingError(
                f"{where}.client_ca_file: with client_auth_type {asked} no certificate is verified; "
                "use RequireAndVerifyClientCert, or leave client_ca_file out"
            )
        return
    if not authorities:
        raise SettingError(
            f"{where}.client_auth_type: {asked} needs client_ca_file, whose certificates sign those of clients"
        )
    try:
        context.load_verify_locations(cadata=authorities.decode("ascii", "ignore"))
    except (ssl.SSLError, ValueError):
        raise SettingError(f"{where}.client_ca_file: it has no certificate in PEM format") from None
    context.verify_mode = mode
    # As with other exporters, a certificate named here is trusted without the one that signed it.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # A ticket would let a client in whose certificate is not accepted any more.
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0


def _limit_versions(context: ssl.SSLContext, table: Table, where: str) -> None:
    lowest = _version(table, "min_version", where) or ssl.TLSVersion.TLSv1_2
    highest = _version(table, "max_version", where) or ssl.TLSVersion.TLSv1_3
    if lowest > highest:
        raise SettingError(f"{where}.min_version: it is above max_version, so that no version is left")
    context.minimum_version, context.maximum_version = lowest, highest


def _version(table: Table, name: str, where: str) -> ssl.TLSVersion | None:
    value = taken(table, name, where, as_text, "")
    if value in _OLD_VERSIONS:
        raise SettingError(
            f"{where}.{name}: {value} is broken, and not offered by OpenSSL any more; use TLS12 or TLS13"
        )
    return _VERSIONS[one_of(value, _VERSIONS, f"{where}.{name}")] if value else None


def _choose_ciphers(context: ssl.SSLContext, table: Table, where: str) -> None:
    if not taken(table, "prefer_server_cipher_suites", where, as_boolean, True):
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    wanted = taken(table, "cipher_suites", where, as_texts, ())
    if not wanted:
        return
    place = f"{where}.cipher_suites"
    known = (*_SUITES_OF_13, *_SUITES_OF_12)
    older = [_SUITES_OF_12[name] for name in wanted if one_of(name, known, place) in _SUITES_OF_12]
    if older:
        try:
            context.set_ciphers(":".join(older))
        except ssl.SSLError:
            raise SettingError(f"{place}: the OpenSSL of this Python has none of them; name others") from None
    elif context.maximum_version < ssl.TLSVersion.TLSv1_3:
        raise SettingError(f"{place}: none of them is of TLS12, the max_version; name one that is")
    else:
        context.minimum_version = ssl.TLSVersion.TLSv1_3


def _choose_curve(context: Any, table: Table, where: str) -> None:
    wanted = taken(table, "curve_preferences", where, as_texts, ())
    place = f"{where}.curve_preferences"
    names = [_CURVES[one_of(name, _CURVES, place)] for name in wanted]
    if not names:
        return
    if len(names) > 1 and not hasattr(context, "set_groups"):
        raise SettingError(
            f"{place}: {shown(list(wanted))}: Python's ssl can be told one curve before 3.15; name one, or none"
        )
    try:
        if len(names) == 1:
            context.set_ecdh_curve(names[0])
        else:
            context.set_groups(":".join(names))
    except (ssl.SSLError, ValueError):
        raise SettingError(f"{place}: the OpenSSL of this Python does not have it; name another") from None


def _digest(*parts: bytes) -> str:
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8) + part)
    return made.hexdigest()
