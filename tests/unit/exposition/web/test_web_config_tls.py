"""``tls_server_config``: every key, on contexts of Python's ssl."""

import socket
import ssl
import threading

import pytest

from mlexporter.errors import SettingError
from mlexporter.exposition.certificate_names import allowed_names, has_allowed_name
from mlexporter.exposition.web_config import read_web_config
from web_files import MUTUAL, TLS


def problem_of(files, text):
    """Return what is said of a file that cannot be used."""
    with pytest.raises(SettingError) as raised:
        read_web_config(files.write(text))
    return str(raised.value)


def shaken(server, client):
    """Return version, cipher and what the server sees of the client after a handshake in memory."""
    ours, theirs = socket.socketpair()
    found = []

    def serve():
        try:
            with server.wrap_socket(ours, server_side=True) as wrapped:
                wrapped.recv(1)
                found.append((wrapped.version(), wrapped.cipher()[0], wrapped.getpeercert()))
        except OSError as error:
            found.append(error)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(theirs, server_hostname="localhost") as wrapped:
            wrapped.sendall(b"x")
            wrapped.recv(1)
    except OSError as error:
        found.append(error)
    finally:
        thread.join(10)
        ours.close()
        theirs.close()
    return found[0]


def context_of(files, text):
    """Return the context that a file describes."""
    return read_web_config(files.write(text)).tls.context


def test_the_default_is_tls_1_2_and_no_client_certificate(files):
    """What is older is not spoken; renegotiation and compression are off."""
    context = context_of(files, TLS)

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_NONE
    assert context.options & ssl.OP_NO_RENEGOTIATION
    assert context.options & ssl.OP_NO_COMPRESSION
    assert shaken(context, files.context())[0] == "TLSv1.3"


def test_inline_pem(files):
    """Certificate, key and authority may stand in the file itself."""

    def block(name):
        return "|\n" + "".join(f"    {line}\n" for line in (files.folder / name).read_text().splitlines())

    text = f"tls_server_config:\n  cert: {block('server.crt')}  key: {block('server.key')}"
    text += f"  client_ca: {block('clients.pem')}  client_auth_type: RequireAndVerifyClientCert\n"

    assert shaken(context_of(files, text), files.context(files.client()))[2]["subjectAltName"] == (
        ("DNS", "prometheus.example.org"),
    )


@pytest.mark.parametrize("asked", ["NoClientCert", "RequestClientCert", '""'])
def test_certificates_that_nobody_looks_at(files, asked):
    """Clients with and without one are let in."""
    context = context_of(files, TLS + f"  client_auth_type: {asked}\n")

    assert context.verify_mode == ssl.CERT_NONE
    assert shaken(context, files.context(files.client()))[0] == "TLSv1.3"


def test_certificates_that_are_needed(files):
    """A client without one, or with one of strangers, is refused."""
    import trustme

    context = context_of(files, MUTUAL)

    assert isinstance(shaken(context, files.context()), ssl.SSLError)
    stranger = files.client(authority=trustme.CA())
    assert isinstance(shaken(context, files.context(stranger)), ssl.SSLError)
    assert shaken(context, files.context(files.client()))[2]


def test_certificates_that_are_verified_if_given(files):
    """None is fine, one of strangers is not."""
    import trustme

    context = context_of(
        files, MUTUAL.replace("RequireAndVerify", "Verify").replace("Cert\n", "CertIfGiven\n")
    )

    assert shaken(context, files.context())[2] in ({}, None)
    stranger = files.client(authority=trustme.CA())
    assert isinstance(shaken(context, files.context(stranger)), ssl.SSLError)


def test_versions(files):
    """The limits hold in both directions."""
    only_13 = context_of(files, TLS + "  min_version: TLS13\n")
    only_12 = context_of(files, TLS + "  max_version: TLS12\n")
    old = files.context(maximum_version=ssl.TLSVersion.TLSv1_2)

    assert isinstance(shaken(only_13, old), ssl.SSLError)
    assert shaken(only_12, files.context())[0] == "TLSv1.2"


def test_ciphers(files):
    """Those of TLS 1.2 are limited to the list; those of 1.3 cannot be, as with other exporters."""
    name = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
    context = context_of(files, TLS + f"  max_version: TLS12\n  cipher_suites: [{name}]\n")

    assert shaken(context, files.context())[1] == "ECDHE-ECDSA-AES256-GCM-SHA384"
    only_13 = context_of(files, TLS + "  cipher_suites: [TLS_AES_128_GCM_SHA256]\n")
    assert only_13.minimum_version == ssl.TLSVersion.TLSv1_3
    loose = context_of(files, TLS + "  prefer_server_cipher_suites: false\n")
    assert not loose.options & ssl.OP_CIPHER_SERVER_PREFERENCE


@pytest.mark.parametrize("curve", ["CurveP256", "CurveP384", "CurveP521", "X25519"])
def test_curves(files, curve):
    """Each of the four can be chosen."""
    context = context_of(files, TLS + f"  curve_preferences: [{curve}]\n")

    assert shaken(context, files.context())[0] == "TLSv1.3"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tls_server_config: {key_file: server.key}\n", "cert_file is missing"),
        ("tls_server_config: {cert_file: server.crt}\n", "key_file is missing"),
        (TLS + "  cert: x\n", "cert and cert_file are both given"),
        (TLS.replace("server.crt", "none.crt"), "tls_server_config.cert_file"),
        (TLS.replace("server.crt", "server.key"), "cert_file: it has no certificate|cannot be used"),
        (TLS.replace("server.key", "server.crt"), "key_file: it has no private key"),
        (TLS + "  client_auth_type: Always\n", "'Always' is none of NoClientCert, RequestClientCert"),
        (TLS + "  client_auth_type: RequireAnyClientCert\n", "RequireAnyClientCert takes any certificate unverified"),
        (TLS + "  client_auth_type: RequireAndVerifyClientCert\n", "needs client_ca_file"),
        (TLS + "  client_ca_file: clients.pem\n", "no certificate is verified; use RequireAndVerify"),
        (MUTUAL.replace("clients.pem", "server.key"), "client_ca_file: it has no certificate"),
        (TLS + "  client_allowed_sans: [a]\n", "client_allowed_sans: no certificate is verified"),
        (TLS + "  client_allowed_sans: a\n", "client_allowed_sans: a list of texts"),
        (TLS + "  min_version: TLS10\n", "min_version: TLS10 is broken"),
        (TLS + "  min_version: '1.2'\n", "'1.2' is none of TLS12, TLS13"),
        (TLS + "  min_version: TLS13\n  max_version: TLS12\n", "it is above max_version"),
        (TLS + "  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n", "cipher_suites: 'TLS_RSA_WITH_RC4_128_SHA' is none"),
        (TLS + "  max_version: TLS12\n  cipher_suites: [TLS_AES_128_GCM_SHA256]\n", "none of them is of TLS12"),
        (TLS + "  curve_preferences: [P256]\n", "curve_preferences: 'P256' is none of CurveP256"),
        (TLS + "  certfile: x\n", "unknown key 'certfile'; did you mean cert_file?"),
    ],
)  # fmt: skip
def test_mistakes(files, text, said):
    """Each names the key and the way out."""
    with pytest.raises(SettingError, match=said):
        read_web_config(files.write(text))


def test_more_curves_than_ssl_can_be_told(files):
    """Before Python 3.15 it is one; that is said, and none is left out in silence."""
    text = TLS + "  curve_preferences: [X25519, CurveP256]\n"
    if hasattr(ssl.SSLContext, "set_groups"):
        assert context_of(files, text) is not None
    else:
        assert "one curve before 3.15; name one, or none" in problem_of(files, text)


def test_a_key_of_another_certificate(files):
    """As in the middle of a rotation that is not in one step."""
    before = (files.folder / "server.key").read_bytes()
    files.issue()
    files.write_pem("server.key", before)

    assert "the key is not that of the certificate" in problem_of(files, TLS)


def test_an_encrypted_key_is_refused(files):
    """Nobody is asked for its password at a terminal."""
    from cryptography.hazmat.primitives import serialization as forms

    key = forms.load_pem_private_key((files.folder / "server.key").read_bytes(), None)
    files.write_pem("server.key", key.private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.BestAvailableEncryption(b"password")
    ))  # fmt: skip

    assert "the key is encrypted" in problem_of(files, TLS)


def test_broken_pem_is_refused(files):
    """Half a file is none."""
    for name in ("server.crt", "server.key"):
        before = (files.folder / name).read_bytes()
        files.write_pem(name, before[: len(before) // 2] + b"\n-----END PRIVATE KEY-----\n")
        assert "tls_server_config" in problem_of(files, TLS)
        files.write_pem(name, before)


def test_names_of_certificates():
    """Any kind of name counts; addresses in whatever form they are written."""
    certificate = {
        "subjectAltName": (
            ("DNS", "a.example.org"), ("IP Address", "0:0:0:0:0:0:0:1"), ("URI", "spiffe://cluster/ns/monitoring"),
            ("email", "a@example.org"), ("DirName", "hidden"),
        )
    }  # fmt: skip

    for name in ("a.example.org", "::1", "0::1", "spiffe://cluster/ns/monitoring", "a@example.org"):
        assert has_allowed_name(certificate, allowed_names([name]))
    for name in ("A.example.org", "b.example.org", "*.example.org", "hidden", "::2", ""):
        assert not has_allowed_name(certificate, allowed_names([name]))
    assert not has_allowed_name({}, allowed_names(["a"]))
    assert not has_allowed_name(None, allowed_names(["a"]))


def test_what_is_asked_of_clients_is_told_apart(files):
    """A new certificate of ours changes nothing for clients; another authority, or another name, does."""
    first = read_web_config(files.write(MUTUAL)).tls
    files.issue()
    renewed = read_web_config(files.write(MUTUAL)).tls
    named = read_web_config(files.write(MUTUAL + "  client_allowed_sans: [a]\n")).tls
    files.write_pem("clients.pem", files.authority.cert_pem.bytes())
    other = read_web_config(files.write(MUTUAL)).tls

    assert first.client_policy == renewed.client_policy
    assert first.fingerprint != renewed.fingerprint
    assert len({first.client_policy, named.client_policy, other.client_policy}) == 3
