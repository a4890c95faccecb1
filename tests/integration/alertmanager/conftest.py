"""Real Alertmanagers with the generated files, Debian's and a newer one, and an inbox for what they send."""

import http.client
import json
import subprocess
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from mlexporter.demo.programs import HOST, Child, answers, free_port, get_json
from mlexporter.generate.alertmanager import alertmanager_configuration, alertmanager_files
from mlexporter.generate.notifications.notification_options import NotificationOptions
from notification_inbox import Inbox
from real_programs import program_of

ROOT = Path(__file__).resolve().parents[3]
POLL_SECONDS = 0.02
SECRETS = {
    "pagerduty-routing-key": "the-routing-key",
    "smtp-password": "the-password",
    "webhook-token": "the-webhook-token",
    "dead-man-token": "the-dead-man-token",
}
ALWAYS = NotificationOptions(
    time_factor=3600, working_hours=("00:00", "24:00"), working_days="sunday:saturday"
)
"""An hour in a second, and no hour is off."""


@dataclass
class Pair:
    """Alertmanager and its amtool, by path; ``is_new`` is False for 0.25."""

    manager: str
    amtool: str
    is_new: bool

    def check(self, *arguments):
        """Run amtool and return what it printed; it has to succeed."""
        done = subprocess.run([self.amtool, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@dataclass
class Office:
    """A running Alertmanager: alerts are posted to ``port``, notifications come to ``inbox``."""

    port: int
    inbox: Inbox
    log: Path
    sent: list = field(default_factory=list)

    def post(self, *alerts):
        """Hand over alerts, each a dictionary of labels; those with ``annotations`` or ``ends`` too."""
        self.sent.extend(alerts)
        body = json.dumps([_as_posted(alert) for alert in alerts])
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("POST", "/api/v2/alerts", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            said = response.read()
        finally:
            connection.close()
        assert response.status == 200, said

    def resolve(self, *alerts):
        """Hand over the same alerts as ended."""
        self.post(*({**alert, "ends": datetime.now(UTC) - timedelta(milliseconds=1)} for alert in alerts))

    def silenced(self):
        """Return what is known: labels of each alert, as a frozenset, and whether it is inhibited."""
        known = get_json(self.port, "/api/v2/alerts")
        return {
            frozenset(alert["labels"].items()): bool(alert["status"]["inhibitedBy"]) for alert in known or ()
        }

    def wait_until(self, is_so, what, *, seconds=15.0):
        """Return when ``is_so()`` is true."""
        until = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > until:
                pytest.fail(f"{what}: not after {seconds} s")
            time.sleep(POLL_SECONDS)


def _as_posted(alert):
    labels = {name: value for name, value in alert.items() if name not in {"annotations", "starts", "ends"}}
    posted = {
        "labels": labels,
        "annotations": alert.get("annotations", {}),
        "generatorURL": "http://localhost/",
    }
    posted["startsAt"] = alert.get("starts", datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    if "ends" in alert:
        posted["endsAt"] = alert["ends"].isoformat()
    return posted


@pytest.fixture(scope="session", params=["debian", "0.28"])
def pair(request):
    """Return the programs; what is not there skips on a laptop and fails in CI."""
    is_new = request.param != "debian"
    script = "install-alertmanager" if is_new else "install-prometheus"
    names = ("alertmanager",) if is_new else ("prometheus-alertmanager", "alertmanager")
    return Pair(program_of(script, *names), program_of(script, "amtool"), is_new)


def write_files(folder, options, inbox=None):
    """Write the generated files and secrets; with an inbox everything is sent there. Return the main file."""
    secrets = folder / "secrets"
    secrets.mkdir(parents=True)
    if inbox is not None:
        options = replace(
            options, smarthost=inbox.smarthost, webhook_url=f"{inbox.url}/copy",
            dead_man_url=f"{inbox.url}/dead-man",
        )  # fmt: skip
    options = replace(options, secrets=str(secrets))
    for name, content in alertmanager_files(options).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    path = folder / "alertmanager.yaml"
    if inbox is not None:
        for name, secret in SECRETS.items():
            (secrets / name).write_text(secret, encoding="utf-8")
        for chat in ("ml-platform", "ml-data-science"):
            (secrets / f"chat-url-{chat}").write_text(f"{inbox.url}/{chat}\n", encoding="utf-8")
        configuration = alertmanager_configuration(options)
        configuration["global"] |= {"smtp_require_tls": False, "pagerduty_url": f"{inbox.url}/pager"}
        path.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def open_office(pair, tmp_path_factory):
    """Return what starts an Alertmanager with options; all end with the session."""
    children, inboxes = [], []

    def start(options):
        folder = tmp_path_factory.mktemp("office")
        inbox = Inbox().__enter__()
        inboxes.append(inbox)
        configuration, port = write_files(folder / "etc", options, inbox), free_port()
        command = (
            pair.manager, f"--config.file={configuration}", f"--storage.path={folder / 'data'}",
            f"--web.listen-address={HOST}:{port}", "--web.external-url=http://alertmanager.example.org",
            "--cluster.listen-address=", "--log.level=debug",
        )  # fmt: skip
        child = Child("Alertmanager", command, folder / "log")
        children.append(child)
        child.wait_until(lambda: answers(port, "/-/ready"), seconds=15.0)
        return Office(port, inbox, folder / "log")

    yield start
    for child in children:
        child.stop()
    for inbox in inboxes:
        inbox.__exit__()


@pytest.fixture(scope="session")
def office(open_office):
    """Return an Alertmanager for which it is always working hours."""
    return open_office(ALWAYS)
