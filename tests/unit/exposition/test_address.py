"""Where a server can be opened."""

import pytest

from mlexporter.exposition.address import url_of


@pytest.mark.parametrize(
    ("host", "is_tls", "url"),
    [
        ("127.0.0.1", False, "http://127.0.0.1:9469"),
        ("0.0.0.0", True, "https://127.0.0.1:9469"),
        ("::", False, "http://127.0.0.1:9469"),
        ("::1", True, "https://[::1]:9469"),
        ("fe80::1%eth0", False, "http://[fe80::1%eth0]:9469"),
        ("localhost", False, "http://localhost:9469"),
        ("models.internal", True, "https://models.internal:9469"),
    ],
)
def test_it_can_be_pasted_into_a_browser(host, is_tls, url):
    """All interfaces are no place to go to, and an address with colons stands in brackets."""
    assert url_of(host, 9469, is_tls=is_tls) == url
