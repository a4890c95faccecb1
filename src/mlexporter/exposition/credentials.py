"""``Credentials``: whose passwords and tokens are right, without telling by its time which of them exist."""

from __future__ import annotations

import base64
import binascii
import enum
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Final, NamedTuple

_PASSWORD_BYTES: Final = 72
"""bcrypt reads no more of a password; the package refuses longer ones, other exporters cut them."""


class Verdict(enum.Enum):
    """What a header says of who asks."""

    MISSING = "no_credentials"
    WRONG = "wrong_credentials"
    RIGHT = "right"


class Login(NamedTuple):
    """A name and a password that only a slow check can judge."""

    user: bytes
    password: bytes


def bearer_digest(token: bytes) -> bytes:
    """Return what is kept of a token: it is long and random, so that a fast hash is enough."""
    return hashlib.sha256(token).digest()


class Credentials:
    """Who may ask. ``judge`` is fast and of the event loop; ``check`` is slow, for a thread of its own.

    A password that was right is remembered as a keyed hash, one for each user, until the file changes;
    wrong ones are not, so that nobody can fill the memory or push the right ones out.

    Args:
        users: Names with their bcrypt hashes.
        tokens: ``bearer_digest`` of each token.
    """

    def __init__(self, users: Mapping[bytes, bytes], tokens: frozenset[bytes]) -> None:
        self._users = dict(users)
        self._tokens = tokens
        self._secret = secrets.token_bytes(32)
        self._hashes = sorted(self._users.values())
        self._accepted: dict[bytes, bytes] = {}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Credentials):
            return NotImplemented
        return (self._users, self._tokens) == (other._users, other._tokens)

    __hash__ = None  # type: ignore[assignment]  # compared, never a key

    def __repr__(self) -> str:
        return f"<Credentials of {len(self._users)} users and {len(self._tokens)} tokens>"

    @property
    def challenges(self) -> tuple[str, ...]:
        """The values of ``WWW-Authenticate``."""
        basic = ('Basic realm="mlexporter", charset="UTF-8"',) if self._users else ()
        return (*basic, *(('Bearer realm="mlexporter"',) if self._tokens else ()))

    def judge(self, headers: list[bytes]) -> Verdict | Login:
        """Judge all ``Authorization`` headers of a request, or return what ``check`` has to.

        Two headers are wrong whatever they say: a proxy before us may have looked at the other one.
        """
        if not headers:
            return Verdict.MISSING
        scheme, _, value = headers[0].strip().partition(b" ")
        value = value.strip()
        if len(headers) > 1:
            return Verdict.WRONG
        if scheme.lower() == b"bearer" and self._tokens:
            return Verdict.RIGHT if self._has_token(value) else Verdict.WRONG
        if scheme.lower() != b"basic" or not self._users:
            return Verdict.WRONG
        login = _login(value)
        if login is None:
            return Verdict.WRONG
        is_known = hmac.compare_digest(self._keyed(login), self._accepted.get(login.user, b"-" * 32))
        return Verdict.RIGHT if is_known else login

    def check(self, login: Login) -> bool:
        """Return whether a password is right; takes as long for names that nobody has."""
        import bcrypt  # noqa: PLC0415 - an extra, for those who name users

        known = self._users.get(login.user)
        try:
            is_right = bcrypt.checkpw(login.password, known or self._some_hash(login.user))
        except ValueError:  # a password that no hash can be made of
            is_right = False
        if known is None or not is_right:
            return False
        self._accepted[login.user] = self._keyed(login)
        return True

    def _has_token(self, token: bytes) -> bool:
        digest, is_known = bearer_digest(token), False
        for known in self._tokens:  # all of them, whichever is found
            is_known |= hmac.compare_digest(digest, known)
        return is_known

    def _some_hash(self, user: bytes) -> bytes:
        """Return the same hash for the same name, so that a name costs what one of a user would."""
        return self._hashes[int.from_bytes(self._mac(b"user", user)[:8]) % len(self._hashes)]

    def _keyed(self, login: Login) -> bytes:
        return self._mac(b"login", login.user, login.password)

    def _mac(self, *parts: bytes) -> bytes:
        message = b"".join(len(part).to_bytes(8) + part for part in parts)
        return hmac.digest(self._secret, message, "sha256")


def _login(value: bytes) -> Login | None:
    try:
        decoded = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    user, colon, password = decoded.partition(b":")
    return Login(user, password[:_PASSWORD_BYTES]) if colon else None
