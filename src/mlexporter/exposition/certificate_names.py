"""Subject alternative names of client certificates, written in one way so that they can be compared."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, Final

_KINDS: Final = frozenset({"DNS", "email", "IP Address", "URI"})


def allowed_names(names: Iterable[str]) -> frozenset[str]:
    """Return names as ``client_allowed_sans`` has them, with addresses in their short form."""
    return frozenset(_plain(name) for name in names)


def has_allowed_name(certificate: Mapping[str, Any] | None, allowed: frozenset[str]) -> bool:
    """Return whether a verified certificate, as ``ssl`` describes it, has one of the names."""
    entries = (certificate or {}).get("subjectAltName", ())
    return any(kind in _KINDS and _plain(value) in allowed for kind, value in entries)


def _plain(name: str) -> str:
    try:
        return str(ipaddress.ip_address(name.strip()))
    except ValueError:
        return name
