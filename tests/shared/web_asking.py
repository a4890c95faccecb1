"""How tests ask a server that has TLS, passwords, or both."""

import base64
import contextlib
import http.client

PATIENCE_SECONDS = 20.0


def basic(user, password):
    """Return an ``Authorization`` header of a user."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def bearer(token):
    """Return an ``Authorization`` header of a token."""
    return {"Authorization": f"Bearer {token}"}


def connection_to(handle, context=None, source="127.0.0.1"):
    """Return a connection of http.client, encrypted where there is a context."""
    if context is None:
        return http.client.HTTPConnection(
            handle.host, handle.port, timeout=PATIENCE_SECONDS, source_address=(source, 0)
        )
    return http.client.HTTPSConnection(
        handle.host, handle.port, timeout=PATIENCE_SECONDS, context=context, source_address=(source, 0)
    )


def ask(handle, path="/metrics", *, headers=None, context=None, source="127.0.0.1"):
    """Return status, headers and body of one request."""
    with contextlib.closing(connection_to(handle, context, source)) as connection:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def is_closed(client):
    """Return whether the server has ended the connection, by its end or by a reset."""
    try:
        while client.recv(65536):
            pass
    except ConnectionError:
        return True
    return True
