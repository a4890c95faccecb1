"""Certificates, keys and web configuration files for tests of what is served with TLS and passwords."""

import ssl
from pathlib import Path

import bcrypt
import trustme

COST = 4
"""The cheapest that bcrypt knows: what is tested is not how slow it is."""


def password_hash(password, cost=COST):
    """Return the bcrypt hash of a password, as htpasswd writes it."""
    made = bcrypt.hashpw(password.encode(), bcrypt.gensalt(cost)).decode()
    return "$2y$" + made.removeprefix("$2b$")


class WebFiles:
    """A folder with a pair of certificate and key, an authority of clients, and web configuration files."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.authority = trustme.CA()
        self.clients = trustme.CA()
        self.issue()
        self.write_pem("clients.pem", self.clients.cert_pem.bytes())
        self.write_pem("authority.pem", self.authority.cert_pem.bytes())

    def write_pem(self, name, content):
        """Write a file and return its path."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def issue(self):
        """Write a new certificate and key into server.crt and server.key; return the certificate."""
        made = self.authority.issue_cert("localhost", "127.0.0.1")
        certificate = b"".join(pem.bytes() for pem in made.cert_chain_pems)
        self.write_pem("server.crt", certificate)
        self.write_pem("server.key", made.private_key_pem.bytes())
        return certificate

    def client(self, *names, authority=None):
        """Write a client's certificate with its key into a file, and return its path."""
        made = (authority or self.clients).issue_cert(*(names or ("prometheus.example.org",)))
        path = self.folder / f"client-{len(list(self.folder.iterdir()))}.pem"
        path.write_bytes(made.private_key_and_cert_chain_pem.bytes())
        return path

    def write(self, text, name="web.yml"):
        """Write a web configuration and return its path as text."""
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def context(self, client=None, **limits):
        """Return what a client trusts, and with what it shows who it is."""
        context = ssl.create_default_context(cadata=self.authority.cert_pem.bytes().decode())
        if client is not None:
            context.load_cert_chain(client)
        for name, value in limits.items():
            setattr(context, name, value)
        return context


TLS = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"
MUTUAL = TLS + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: clients.pem\n"


def users(**passwords):
    """Return the lines of ``basic_auth_users``."""
    return "basic_auth_users:\n" + "".join(
        f"  {name}: {password_hash(password)}\n" for name, password in passwords.items()
    )


BEARER = "---\nmlexporter:\n  bearer_tokens_file: tokens\n"
