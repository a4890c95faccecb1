"""What a web configuration file may say, and what is said of one that cannot be used."""

import subprocess
import sys

import pytest

from mlexporter.errors import SettingError
from mlexporter.exposition.credentials import Verdict
from mlexporter.exposition.web_config import RateLimit, read_web_config
from web_files import BEARER, MUTUAL, TLS, password_hash, users

TOKEN = "0123456789abcdef0123456789abcdef"
WHOLE = (
    TLS
    + users(prometheus="secret")
    + "http_server_config:\n  http2: true\n  headers:\n    X-Frame-Options: deny\n"
    + "    Strict-Transport-Security: max-age=31536000\nrate_limit:\n  interval: 100ms\n  burst: 20\n"
    + BEARER
)


def problem_of(files, text):
    """Return what is said of a file that cannot be used."""
    with pytest.raises(SettingError) as raised:
        read_web_config(files.write(text))
    return str(raised.value)


def test_every_section(files):
    """TLS, users, tokens, headers and a rate stand in one file."""
    (files.folder / "tokens").write_text(f"# of Prometheus\n\n{TOKEN}\n")

    found = read_web_config(files.write(WHOLE))

    assert found.tls is not None
    assert not found.tls.requires_certificates
    assert found.is_protected
    assert found.headers == {"x-frame-options": "deny", "strict-transport-security": "max-age=31536000"}
    assert found.rate_limit == RateLimit(0.1, 20)
    assert repr(found.credentials) == "<Credentials of 1 users and 1 tokens>"


@pytest.mark.parametrize("text", ["", "{}", "# nothing\n", "basic_auth_users:\n", "tls_server_config: {}\n"])
def test_a_file_that_asks_for_nothing(files, text):
    """It guards nothing, as with other exporters."""
    found = read_web_config(files.write(text))

    assert (found.tls, found.credentials, found.headers, found.rate_limit) == (None, None, {}, None)
    assert not found.is_protected


def test_client_certificates_protect_too(files):
    """Where each client has to show one, nobody unknown asks."""
    assert read_web_config(files.write(MUTUAL)).is_protected


def test_our_key_stands_in_the_first_document_too(files):
    """For those who do not check the file with promtool."""
    (files.folder / "tokens").write_text(TOKEN)

    found = read_web_config(files.write("mlexporter: {bearer_tokens_file: tokens}\n"))

    assert found.credentials.judge([b"Bearer " + TOKEN.encode()]) is Verdict.RIGHT


def test_a_token_may_be_hashed(files):
    """The file of the server then does not give it away."""
    import hashlib

    (files.folder / "tokens").write_text(f"sha256:{hashlib.sha256(TOKEN.encode()).hexdigest()}\n")

    found = read_web_config(files.write(BEARER))

    assert found.credentials.judge([b"bearer " + TOKEN.encode()]) is Verdict.RIGHT


def test_paths_may_be_absolute(files, tmp_path_factory):
    """A Secret and the file may be mounted at different places."""
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "web.yml"
    folder = files.folder
    elsewhere.write_text(
        f"tls_server_config: {{cert_file: {folder}/server.crt, key_file: {folder}/server.key}}\n"
    )

    assert read_web_config(str(elsewhere)).tls is not None


def test_all_files_are_watched(files):
    """A change of any of them shows."""
    (files.folder / "tokens").write_text(TOKEN)
    found = read_web_config(files.write(MUTUAL + BEARER)).files

    assert {path.rpartition("/")[2] for path in found.stamps} == {
        "web.yml", "server.crt", "server.key", "clients.pem", "tokens",
    }  # fmt: skip
    assert not found.have_changed()
    (files.folder / "tokens").write_text(TOKEN + "x")
    assert found.have_changed()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tls_config: {}\n", ["unknown key 'tls_config'", "did you mean tls_server_config?"]),
        ("nothing_like_it: 1\n", ["unknown key", "known are: basic_auth_users, http_server_config"]),
        ("[1, 2]\n", ["keys with values are needed"]),
        ("a: b: c\n", ["line 1, column 5", "no YAML"]),
        ("\x00", ["no YAML"]),
        ("rate_limit: {burst: 1, burst: 2}\n", ["line 1", "a key stands twice"]),
        ("? [a, b]\n: 1\n", ["line 1", "no YAML"]),
        ("basic_auth_users: {a: [x]}\n", ["basic_auth_users.'a'", "no list"]),
        ("basic_auth_users: {a: secret}\n", ["basic_auth_users.'a'", "no bcrypt hash", "htpasswd -nBC 10"]),
        ("basic_auth_users: {'': x}\n", ["without a colon"]),
        ("basic_auth_users: {'a:b': x}\n", ["without a colon"]),
        (f"basic_auth_users: {{a: $2y$17${'a' * 21}u{'a' * 31}}}\n", ["cost 17", "from 4 to 14"]),
        ("http_server_config: {http3: true}\n", ["unknown key 'http3'", "did you mean http2?"]),
        ("http_server_config: {http2: maybe}\n", ["http2: 'maybe' is neither true nor false"]),
        ("http_server_config: {headers: {X-Own: a}}\n", ["unknown key 'X-Own'", "known are: Content-Security"]),
        ("http_server_config: {headers: {X-Frame-Options: allow}}\n", ["'allow' is none of deny, sameorigin"]),
        ('http_server_config: {headers: {X-XSS-Protection: "a\\r\\nSet-Cookie: b"}}\n', ["printable ASCII"]),
        ("rate_limit: {interval: 1 day}\n", ["rate_limit.interval: '1 day' is no duration", "100ms"]),
        ("rate_limit: {interval: 1s}\n", ["rate_limit.burst: 0 lets no request through"]),
        ("rate_limit: {interval: 1s, burst: -1}\n", ["'-1' is no whole number"]),
        ("---\nmlexporter: {bearer_token_file: x}\n", ["unknown key", "did you mean bearer_tokens_file?"]),
        ("{}\n---\nrate_limit: {}\n", ["document 2: unknown key 'rate_limit'"]),
        ("mlexporter: {}\n---\nmlexporter: {}\n", ["mlexporter stands in two documents"]),
        (BEARER, ["bearer_tokens_file", "there is no such file", "correct the path"]),
        ("[" * 5000, ["no YAML"]),
        ("&a [*a]\n", ["line 1", "no YAML"]),
    ],
)  # fmt: skip
def test_mistakes(files, text, said):
    """Each names the file, the key and the way out."""
    problem = problem_of(files, text)

    assert problem.startswith(str(files.folder))
    assert [part for part in said if part not in problem] == []
    assert len(problem) < 600


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "it has 0 tokens"),
        ("# none\n", "it has 0 tokens"),
        ("short", "line 1: a token of 16 or more"),
        (f"{TOKEN}\nwith a space in it\n", "line 2: a token"),
        ("sha256:0123", "line 1: a token"),
    ],
)
def test_mistakes_in_tokens(files, content, said):
    """An empty file would keep everybody out, and a short token is guessed."""
    (files.folder / "tokens").write_text(content)

    problem = problem_of(files, BEARER)

    assert said in problem
    assert "with a space" not in problem


def test_no_secret_is_quoted(files):
    """A mistake is logged: neither a password in the wrong place nor a hash may be in it."""
    secret = "correct-horse-battery"
    texts = [
        f"basic_auth_users: {{prometheus: {secret}}}\n",
        f"basic_auth_users:\n  prometheus: {secret}\n bad\n",
        f"basic_auth_users:\n  prometheus: *{secret}\n",
        f"basic_auth_users:\n  prometheus: !{secret}!x y\n",
        f"basic_auth_users: {{prometheus: '{password_hash(secret)}x'}}\n",
        f"tls_server_config: {{cert: '-----BEGIN', key: '{secret}'}}\n",
        f"tls_server_config: {{cert: '-----BEGIN', key_file: '-----BEGIN PRIVATE KEY----- {secret}'}}\n",
        f"tls_server_config:\n  cert_file: web.yml\n  key_file: |\n    {secret}\n    {secret}\n",
    ]

    for text in texts:
        assert secret not in problem_of(files, text)
        assert "$2y$" not in problem_of(files, text)


def test_files_that_cannot_be_read(files, tmp_path):
    """A folder, a missing file and one that is far too large are told apart."""
    for path, said in ((tmp_path, "this is no file"), (tmp_path / "none.yml", "MLEXPORTER_WEB_CONFIG")):
        with pytest.raises(SettingError, match=said):
            read_web_config(str(path))
    assert "larger than 131,072 bytes" in problem_of(files, "#" * (2**17 + 1))
    (files.folder / "tokens").write_text("#" * (2**20 + 1))
    assert "larger than 1,048,576 bytes" in problem_of(files, BEARER)


def test_without_bcrypt_passwords_are_refused(files):
    """The package is an extra; without it nobody's password could be checked."""
    program = (
        "import sys; sys.modules['bcrypt'] = None\n"
        "from mlexporter.exposition.web_config import read_web_config\n"
        f"read_web_config({files.write(users(a='b'))!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert "basic_auth_users needs the package bcrypt; pip install 'mlexporter[web]'" in done.stderr


def test_two_readings_of_one_file_say_the_same(files):
    """And a new certificate, another password or another header does not."""
    path = files.write(WHOLE.replace(BEARER, ""))
    first = read_web_config(path)

    assert first.says_the_same(read_web_config(path))
    files.issue()
    assert not first.says_the_same(read_web_config(path))
    path = files.write(users(a="b"))
    second = read_web_config(path)
    assert not second.says_the_same(read_web_config(files.write(users(a="b"))))
