"""Hands a certificate and its key, as bytes, to a context of Python's ssl, which reads files only."""

from __future__ import annotations

import contextlib
import os
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mlexporter.errors import SettingError

_MISMATCH: Final = "KEY_VALUES_MISMATCH"


def load_chain(context: ssl.SSLContext, certificate: bytes, key: bytes, where: str) -> None:
    """Give the context a certificate chain and its private key, both in PEM format.

    Raises:
        SettingError: they are none, do not belong together, or the key is encrypted.
    """
    if b"-----BEGIN" not in certificate:
        raise SettingError(f"{where}.cert_file: it has no certificate in PEM format")
    if b"PRIVATE KEY-----" not in key:
        raise SettingError(f"{where}.key_file: it has no private key in PEM format")
    with _as_file(certificate) as certificate_path, _as_file(key) as key_path:
        is_encrypted = []

        def refuse() -> str:  # without it OpenSSL would ask at the terminal
            is_encrypted.append(True)
            return ""

        try:
            context.load_cert_chain(certificate_path, key_path, password=refuse)
        except (OSError, ValueError) as error:
            if is_encrypted:
                raise SettingError(
                    f"{where}.key_file: the key is encrypted; write it without a password, readable by this user only"
                ) from None
            reason = getattr(error, "reason", None)
            if reason == _MISMATCH:
                raise SettingError(
                    f"{where}: the key is not that of the certificate; name both of one pair"
                ) from None
            raise SettingError(
                f"{where}: cert_file and key_file cannot be used ({reason or type(error).__name__}); "
                "both are needed in PEM format, and no shorter than OpenSSL allows"
            ) from None


@contextlib.contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    """Give the path of a file that only this process sees, where the system has such; else a private one."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("mlexporter-web", os.MFD_CLOEXEC)
        try:
            os.write(descriptor, content)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
        return
    descriptor, path = tempfile.mkstemp(prefix="mlexporter-web-")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        yield path
    finally:
        Path(path).unlink(missing_ok=True)
