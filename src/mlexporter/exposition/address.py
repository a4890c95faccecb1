"""Where a server can be opened on the machine that it runs on."""

from __future__ import annotations

import contextlib
import ipaddress


def url_of(host: str, port: int, *, is_tls: bool) -> str:
    """Return where ``port`` of ``host`` is opened, without a slash at the end.

    Args:
        host: A name, or the IPv4 or IPv6 address that is listened on; for all interfaces the loopback one is told.
        port: The TCP port.
        is_tls: Whether it is https.
    """
    with contextlib.suppress(ValueError):  # a name is no address
        if ipaddress.ip_address(host.partition("%")[0]).is_unspecified:
            host = "127.0.0.1"
    scheme = "https" if is_tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
