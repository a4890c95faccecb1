"""The built plugin of Grafana on a page of its own: with a version's libraries, and a real Prometheus behind it."""

import contextlib
import http.client
import http.server
import mimetypes
import subprocess
import threading
from pathlib import Path

from plugin_icons import icon
from real_programs import folder_of, missing

PLUGIN = Path(__file__).resolve().parents[2] / "grafana" / "plugin"
APP = "mlexporter-app"
VERSIONS = ("11.6", "12.4", "13.2")
"""Versions of Grafana whose libraries the built plugin is drawn with, in the order that the script prints them."""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><base href="/"><title>mlexporter</title><style>body {{ margin: 0 }}</style></head>
<body data-grafana="{version}"><div id="root"></div><script>
window.grafanaBootData = {{ settings: {{ featureToggles: {{}}, appSubUrl: "", buildInfo: {{ version: "{version}.0" }} }},
  user: {{ isSignedIn: true, orgRole: "Admin", orgId: 1, timezone: "utc", locale: "en-GB" }}, navTree: [] }};
</script><script src="/harness.js"></script></body></html>
"""
_FONTS = PLUGIN / "node_modules" / "@fontsource" / "inter" / "files"


def package_folders():
    """Return the folders that have node_modules, by version; what is not there skips, or fails in CI."""
    found = folder_of("install-plugin-packages").splitlines()
    if len(found) != len(VERSIONS):
        missing("the plugin's packages are not there; scripts/install-plugin-packages provides them")
    return dict(zip(VERSIONS, found, strict=True))


def run_node(*arguments):
    """Run a script of the plugin; what it says is in the complaint when it fails."""
    done = subprocess.run(["node", *arguments], cwd=PLUGIN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def bundle_harness(version, file):
    """Write the page's script, with the libraries of a version of Grafana."""
    run_node("build/harness.mjs", package_folders()[version], str(file))


def _kind_of(file):
    return mimetypes.guess_type(file.name)[0] or "text/plain"


def _font(path):
    """Return the font that Grafana has, so that texts are as wide; for another one the system's own is taken."""
    if "/inter/" not in path:
        return b""
    weight = 500 if "Medium" in path else 400
    return (_FONTS / f"inter-latin-{weight}-normal.woff2").read_bytes()


class Site:
    """What a page asks for, and a Prometheus under ``/prometheus``; 404 of it stays 404."""

    def __init__(self, version, harness, built, prometheus_port):
        self.version, self.harness, self.built = version, harness, built
        self.prometheus_port = prometheus_port

    def content(self, path):
        """Return type and bytes of a file, or None."""
        below = f"/public/plugins/{APP}/"
        if path == "/harness.js":
            return "text/javascript", self.harness.read_bytes()
        if path.startswith(below):
            file = self.built / path.removeprefix(below)
            return (_kind_of(file), file.read_bytes()) if file.is_file() else None
        if path.startswith("/public/fonts/"):
            return "font/woff2", _font(path)
        if path.startswith("/public/") or path == "/favicon.ico":
            return "image/svg+xml", icon(path)
        return "text/html", _PAGE.format(version=self.version).encode()

    def handed_on(self, method, path, body, content_type):
        """Return status, type and bytes of Prometheus' answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.prometheus_port, timeout=60)
        with contextlib.closing(connection):
            headers = {"Content-Type": content_type} if content_type else {}
            connection.request(method, path.removeprefix("/prometheus"), body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", "text/plain"), answer.read()


def _handler_of(site):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = self.path.partition("?")[0]
            if path.startswith("/prometheus/"):
                self.answer(*site.handed_on("GET", self.path, None, None))
            elif (found := site.content(path)) is None:
                self.answer(404, "text/plain", b"not there\n")
            else:
                self.answer(200, *found)

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.startswith("/prometheus/"):
                self.answer(*site.handed_on("POST", self.path, body, self.headers.get("Content-Type")))
            else:
                self.answer(404, "text/plain", b"not there\n")

        def answer(self, status, kind, content):
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-cache")
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(content)

        def log_message(self, *_):
            pass

    return Handler


@contextlib.contextmanager
def served(site, port=0):
    """Within, the site is at the address that this gives."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), _handler_of(site))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def build_plugin(out):
    """Build the plugin into a folder, and return it."""
    package_folders()
    run_node("build/build.mjs", "--out", str(out))
    return out
