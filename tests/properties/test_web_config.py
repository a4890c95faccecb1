"""Web configuration files made of rubbish: read, or refused in one clear sentence; nothing else."""

import string

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.errors import SettingError
from mlexporter.exposition.credentials import Credentials, Login, Verdict, bearer_digest
from mlexporter.exposition.web_config import read_web_config
from web_files import password_hash

NAMES = st.sampled_from([
    "tls_server_config", "http_server_config", "basic_auth_users", "rate_limit", "mlexporter", "cert_file", "key",
    "client_auth_type", "client_allowed_sans", "cipher_suites", "headers", "http2", "interval", "burst",
    "bearer_tokens_file", "X-Frame-Options", "min_version",
])  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.binary(max_size=10), st.dates(),
    st.sampled_from(["TLS12", "1s", "web.yml", "/", "..", "RequireAndVerifyClientCert", "$2y$10$x"]),
)  # fmt: skip
KEYS = st.one_of(NAMES, st.text(max_size=12), st.integers())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A file that each example writes anew."""
    return tmp_path_factory.mktemp("web") / "web.yml"


def judged(path, content):
    """Read the file; a refusal is one line that begins with its path."""
    path.write_bytes(content)
    refusal = ""
    try:
        read_web_config(str(path))
    except SettingError as error:
        refusal = str(error)
    assert refusal == "" or refusal.startswith(str(path))
    assert len(refusal) < 1000
    assert "\n" not in refusal


@settings(max_examples=examples(300), deadline=None)
@given(content=st.one_of(st.binary(max_size=200), st.text(string.printable, max_size=200).map(str.encode)))
@example(content=b"\xff\xfe")
@example(content=b"a: &a [*a, *a]\n")
@example(content=b"a: &a {<<: *a}\n")
@example(content=b"!!python/object/apply:os.system ['true']\n")
@example(content=b"{" * 3000)
@example(content=b"- " * 3000)
@example(content=b"!<tag:> x\n--- !x\n")
@example(content="tls_server_config: {cert: '\ud800'}".encode("utf-8", "surrogatepass"))
def test_bytes(path, content):
    """Any bytes at all."""
    judged(path, content)


@settings(max_examples=examples(500), deadline=None)
@given(document=st.dictionaries(KEYS, VALUES, max_size=4))
def test_documents(path, document):
    """Any YAML whose keys are nearly right."""
    judged(path, yaml.dump(document, allow_unicode=True).encode("utf-8", "backslashreplace"))


@settings(max_examples=examples(300), deadline=None)
@given(
    headers=st.lists(
        st.one_of(st.binary(max_size=100), st.binary(max_size=60).map(b"Basic ".__add__)), max_size=3
    )
)
def test_authorization_headers(headers):
    """Nothing is raised, and nobody is let in by chance."""
    found = CREDENTIALS.judge(headers)

    if isinstance(found, Login):
        assert CREDENTIALS.check(found) is False
    else:
        assert found in {Verdict.MISSING, Verdict.WRONG}


CREDENTIALS = Credentials(
    {b"prometheus": password_hash("a long password of nobody").encode()},
    frozenset({bearer_digest(b"x" * 32)}),
)
