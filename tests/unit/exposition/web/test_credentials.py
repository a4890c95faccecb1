"""``Credentials``: who is let in, what is remembered, and that a check costs the same whoever asks."""

import base64

import bcrypt
import pytest

from mlexporter.exposition.credentials import Credentials, Login, Verdict, bearer_digest
from web_files import password_hash

TOKEN = b"0123456789abcdef0123456789abcdef"


def basic(user, password):
    """Return an ``Authorization`` header."""
    return b"Basic " + base64.b64encode(user.encode() + b":" + password.encode())


@pytest.fixture
def credentials():
    return Credentials(
        {
            b"prometheus": password_hash("secret").encode(),
            "zoë".encode(): password_hash("pass:wörd").encode(),
        },
        frozenset({bearer_digest(TOKEN), bearer_digest(b"another token of some length")}),
    )


@pytest.fixture
def checked(monkeypatch):
    """The hashes that bcrypt was asked about."""
    found, real = [], bcrypt.checkpw

    def check(password, hashed):
        found.append(hashed)
        return real(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", check)
    return found


def verdict(credentials, *headers):
    """Return what becomes of a request in the end."""
    found = credentials.judge(list(headers))
    if isinstance(found, Login):
        return Verdict.RIGHT if credentials.check(found) else Verdict.WRONG
    return found


def test_who_is_let_in(credentials):
    """A user with the password, colons and umlauts included, and whoever has a token."""
    assert verdict(credentials, basic("prometheus", "secret")) is Verdict.RIGHT
    assert verdict(credentials, basic("zoë", "pass:wörd")) is Verdict.RIGHT
    assert verdict(credentials, b"Bearer " + TOKEN) is Verdict.RIGHT
    assert verdict(credentials, b"bearer   " + TOKEN) is Verdict.RIGHT
    assert verdict(credentials, b"BASIC" + basic("prometheus", "secret")[5:]) is Verdict.RIGHT


@pytest.mark.parametrize(
    "header",
    [
        basic("prometheus", "secret "), basic("prometheus", ""), basic("", "secret"), basic("Prometheus", "secret"),
        basic("zoë", "secret"), basic("prometheus", "secret\0"), basic("prometheus", "x" * 10_000),
        b"", b"Basic", b"Basic ", b"Basic ===", b"Basic \xff\xfe", b"Basic " + base64.b64encode(b"no colon"),
        b"Basic " + base64.b64encode(b"\xff\xfe:\x80"), b"Basic " + base64.b64encode(b"prometheus\0:secret"),
        basic("prometheus", "secret") + b" x", b"Bearer", b"Bearer ", b"Bearer " + TOKEN[:-1],
        b"Bearer " + TOKEN + b"x", b"Bearer " + bearer_digest(TOKEN), b"Digest username=prometheus",
        b"Basic " + base64.b64encode(b"x" * 12_000),
    ],
)  # fmt: skip
def test_who_is_not(credentials, header):
    """Whatever the header is made of, it is wrong, and nothing is raised."""
    assert verdict(credentials, header) is Verdict.WRONG


def test_no_header_and_two(credentials):
    """None is told apart; two are wrong even where one is right: a proxy may have looked at the other."""
    right = basic("prometheus", "secret")

    assert verdict(credentials) is Verdict.MISSING
    assert verdict(credentials, right, right) is Verdict.WRONG
    assert verdict(credentials, right, b"Bearer " + TOKEN) is Verdict.WRONG


def test_kinds_that_are_not_configured():
    """Without users no password is looked at, without tokens no token."""
    users = Credentials({b"a": password_hash("b").encode()}, frozenset())
    tokens = Credentials({}, frozenset({bearer_digest(TOKEN)}))

    assert verdict(users, b"Bearer " + TOKEN) is Verdict.WRONG
    assert verdict(tokens, basic("a", "b")) is Verdict.WRONG
    assert users.challenges == ('Basic realm="mlexporter", charset="UTF-8"',)
    assert tokens.challenges == ('Bearer realm="mlexporter"',)


def test_a_password_that_was_right_costs_nothing_again(credentials, checked):
    """Each scrape has it; bcrypt is asked once."""
    header = basic("prometheus", "secret")

    assert [verdict(credentials, header) for _ in range(5)] == [Verdict.RIGHT] * 5
    assert len(checked) == 1


def test_a_wrong_password_costs_a_check_each_time(credentials, checked):
    """Neither is it remembered, nor does it push out a right one, nor is a right one taken for another user's."""
    verdict(credentials, basic("prometheus", "secret"))
    for number in range(300):
        assert verdict(credentials, basic("prometheus", f"guess {number}")) is Verdict.WRONG
    assert verdict(credentials, basic("zoë", "secret")) is Verdict.WRONG
    assert len(checked) == 302
    assert len(credentials._accepted) == 1

    assert credentials.judge([basic("prometheus", "secret")]) is Verdict.RIGHT


def test_a_name_of_nobody_costs_the_same_check(credentials, checked):
    """One check of a real hash, the same for the same name; with one, bcrypt's yes is a no."""
    for _ in range(3):
        assert verdict(credentials, basic("nobody", "secret")) is Verdict.WRONG
    assert len(checked) == 3
    assert len(set(checked)) == 1
    assert checked[0] in credentials._users.values()

    for number in range(40):
        assert verdict(credentials, basic(f"nobody {number}", "secret")) is Verdict.WRONG
    assert set(checked) == set(credentials._users.values())


def test_what_bcrypt_would_not_read_is_cut(credentials):
    """As with other exporters: it reads 72 bytes, and the package refuses more."""
    long = "p" * 72
    found = Credentials({b"a": password_hash(long).encode()}, frozenset())

    assert verdict(found, basic("a", long + "and more")) is Verdict.RIGHT
    assert verdict(found, basic("a", long[:-1])) is Verdict.WRONG


def test_no_secret_is_shown(credentials):
    """A traceback may hold a representation."""
    assert repr(credentials) == "<Credentials of 2 users and 2 tokens>"
