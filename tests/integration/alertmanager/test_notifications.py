"""What arrives: chat, page, mail and webhook, as a real Alertmanager writes them with the templates."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mlexporter.demo.programs import HOST
from mlexporter.generate.alertmanager import alertmanager_files
from mlexporter.generate.notifications.notification_options import NotificationOptions

pytestmark = pytest.mark.integration

TEMPLATES = Path(__file__).resolve().parents[3] / "alerts" / "templates"
STARTED = datetime(2026, 11, 21, 3, 12, 5, tzinfo=UTC)
RUNBOOKS, DASHBOARD = "https://docs.example.org/runbooks", "https://grafana.example.org/d/m"


def alert(name, severity, component, *, text="Something is wrong.", **labels):
    """Return an alert on version 3 of a model, with the annotations that the generated rules have."""
    first = {"model_version": "3", "variant": "primary"} if "model_name" in labels else {}
    annotations = {
        "summary": "A thing is wrong.", "description": text, "runbook_url": f"{RUNBOOKS}/{name}.md",
        "dashboard_url": f"{DASHBOARD}?var-model_name={labels.get('model_name', '')}",
    }  # fmt: skip
    return {
        "alertname": name, "severity": severity, "component": component, **first, **labels,
        "annotations": annotations, "starts": STARTED,
    }  # fmt: skip


def drift(feature, score, model, **labels):
    text = f"Feature {feature} has moved at least {score} times as far as its threshold allows."
    drifted = alert(
        "MLFeatureDrift", "warning", "drift", text=text, feature=feature, model_name=model, **labels
    )
    drifted["annotations"]["changed"] = "Version 4 began to take calls 20m ago."
    return drifted


def says(*words):
    """Return whether a text has all of the words."""
    return lambda text: all(word in text for word in words)


def chat(post):
    """Return the only attachment of a chat message."""
    return post.body["attachments"][0]


@pytest.fixture
def own_office(open_office):
    """An Alertmanager of one test: what is said of exporters is one group, and alerts of others would be in it."""
    return open_office(NotificationOptions(time_factor=3600))


def test_the_silence_of_an_exporter_lets_the_watchdog_through(own_office):
    """Both have the same component and no model: one tap on the link would wake whoever watches the watchdog."""
    office = own_office
    unread = alert("MLExporterReloadFailed", "warning", "exporter", job="models", instance="pod-7:9469")
    office.post(unread)
    message = chat(office.inbox.wait_for_post("/ml-platform", says("pod-7:9469", "configuration")))

    assert (
        "silences/new?filter=%7Bcomponent%3D%22exporter%22%2Calertname!%3D%22MLWatchdog%22%7D|Silence>"
        in message["text"]
    )
    office.resolve(unread)
    office.inbox.wait_for_post("/ml-platform", says("Resolved", "pod-7:9469"))


def test_thirty_features_are_one_message(office):
    """Which drifted most is in the head, a few more in the text, the rest as a number."""
    features = [drift(f"feature_{place:02}", f"{1 + place / 10:.1f}", "thirty") for place in range(30)]
    office.post(*features)
    message = chat(office.inbox.wait_for_post("/ml-data-science", says("thirty 3", "30 features")))

    assert message["title"] == "Warning: thirty 3 (primary): 30 features drifted, worst feature_29 3.9x"
    assert message["color"] == "#b35900"
    lines = message["text"].splitlines()
    assert lines[0] == "Feature feature_29 has moved at least 3.9 times as far as its threshold allows."
    assert lines[1].startswith("Also: feature_00 1.0x, feature_01 1.1x, ")
    assert lines[1].endswith("feature_07 1.7x and 21 more.")
    assert lines[2].startswith("The first since Sat 21 Nov 03:12 UTC")
    assert lines[3] == "What changed: Version 4 began to take calls 20m ago."
    assert f"<{RUNBOOKS}/MLFeatureDrift.md|Runbook>" in lines[4]
    assert f"<{DASHBOARD}?var-model_name=thirty|Dashboard>" in lines[4]
    assert (
        "silences/new?filter=%7Bcomponent%3D%22drift%22%2Cmodel_name%3D%22thirty%22%7D|Silence>" in lines[5]
    )

    office.resolve(*features)
    message = chat(office.inbox.wait_for_post("/ml-data-science", says("Resolved: thirty 3")))
    assert message["color"] == "#1a7f37"
    assert message["text"].startswith("It is over. It lasted ")
    assert "from Sat 21 Nov 03:12 to " in message["text"]
    assert "What changed" not in message["text"]
    assert "Silence" not in message["text"]


def test_drift_and_a_data_outage_are_two_messages(office):
    """One notification a model and topic: what is gone does not hide in what drifted."""
    gone = alert("MLFeatureMissingHigh", "warning", "data", feature="gust", model_name="topics")
    office.post(drift("distance", "2.0", "topics"), drift("hour", "4.0", "topics"), gone)
    drifted = chat(office.inbox.wait_for_post("/ml-data-science", says("topics", "2 features drifted")))
    missing = chat(office.inbox.wait_for_post("/ml-data-science", says("topics", "gust")))

    assert drifted["title"] == "Warning: topics 3 (primary): 2 features drifted, worst hour 4.0x"
    assert missing["title"] == "Warning: topics 3 (primary): feature gust went missing far more often"


def test_a_page_and_its_end(office):
    """The pager gets one incident with the key of the file; the same incident is resolved; the chat is told."""
    burn = alert(
        "MLPredictionErrorBudgetBurnFast", "critical", "slo", model_name="paged",
        text="12 % of the calls of paged 3 (primary) raised.",
    )  # fmt: skip
    latency = alert("MLPredictionLatencyBudgetBurnFast", "critical", "slo", model_name="paged")
    office.post(burn, latency)
    page = office.inbox.wait_for_post("/pager", says("paged 3", "slow")).body

    assert page["routing_key"] == "the-routing-key"
    assert page["event_action"] == "trigger"
    told = page["payload"]
    assert told["summary"] == (
        "paged 3 (primary): calls fail, and the error budget burns fast; "
        "calls are slow, and the latency budget burns fast"
    )
    assert (told["severity"], told["source"], told["group"], told["component"]) == (
        "critical", "paged", "paged", "slo",
    )  # fmt: skip
    assert "12 % of the calls of paged 3 (primary) raised." in told["custom_details"]["firing"]
    assert [link["text"] for link in page["links"]] == ["Runbook", "Dashboard"]
    message = chat(office.inbox.wait_for_post("/ml-platform", says("paged 3", "slow")))
    assert message["color"] == "#c4162a"
    assert message["text"].count("*") == 4

    office.resolve(burn, latency)
    ended = office.inbox.wait_for_post("/pager", says("paged 3", '"resolve"')).body
    assert ended["dedup_key"] == page["dedup_key"]
    assert ended["payload"]["custom_details"]["resolved"].startswith("calls fail")
    office.inbox.wait_for_post("/ml-platform", says("Resolved: paged 3"))


def test_a_partly_ended_message_says_what_ended(office):
    """While one feature still drifts, another that no longer does is named apart."""
    stays, ends = drift("distance", "2.0", "partly"), drift("hour", "4.0", "partly")
    office.post(stays, ends)
    office.inbox.wait_for_post("/ml-data-science", says("partly 3", "2 features"))
    office.resolve(ends)
    message = chat(office.inbox.wait_for_post("/ml-data-science", says("partly 3", "No longer firing")))

    assert message["title"] == "Warning: partly 3 (primary): feature distance drifted, 2.0x its threshold"
    assert "No longer firing: hour." in message["text"]


def test_the_digest_is_a_mail_in_two_forms(open_office):
    """Subject, plain text and page tell the same, and the password came out of its file."""
    office = open_office(NotificationOptions(time_factor=3600))
    office.post(alert("MLProfileStale", "info", "reference", model_name="mailed", text="It is 200 days old."))
    mail = office.inbox.wait_for_mail(says("mailed 3"))

    assert mail.message["Subject"] == "Info: mailed 3 (primary): the profile is old"
    assert mail.password == "the-password"
    assert mail.to == ("ml-team@example.org",)
    plain, page = mail.part("text/plain"), mail.part("text/html")
    assert plain.splitlines()[0] == "Info: mailed 3 (primary): the profile is old"
    for text in (plain, page):
        assert "It is 200 days old." in text
        assert "Since Sat 21 Nov 03:12 UTC" in text
        assert f"{RUNBOOKS}/MLProfileStale.md" in text
    assert 'name="viewport"' in page
    assert page.count("<a ") == 4


HOSTILE = "<!channel>*x*\n<script>alert(1)</script>@here|`y` & {{ . }}\u202e"


def test_hostile_names_do_no_harm(office, open_office):
    """Links, mentions, marks and tags that came in with a label are shown as they are, and do nothing."""
    nasty = alert("MLFeatureStuck", "warning", "data", feature=HOSTILE, model_name="nasty", text=HOSTILE)
    nasty["annotations"] |= {"runbook_url": "javascript:alert(1)", "dashboard_url": 'https://x/?<b>|"@here'}
    office.post(nasty)
    message = chat(office.inbox.wait_for_post("/ml-data-science", says("nasty")))
    shown = (
        message["title"]
        + message["fallback"]
        + message["text"].replace("|Dashboard>", "").replace("|Silence>", "")
    )

    for harm in ("<!", "<script", "@here|", "*x*", "`y`", "<javascript"):
        assert harm not in shown
    assert "&lt;!channel&gt;" in message["title"]
    assert "\n" not in message["title"]
    assert '<https://x/?%3Cb%3E%7C"@here|Dashboard>' in message["text"]
    mailed = open_office(NotificationOptions(time_factor=3600, channels=("email",)))
    mailed.post({**nasty, "severity": "critical", "alertname": "ML<b>*Other*", "model_name": "<b>nasty"})
    mail = mailed.inbox.wait_for_mail(says("nasty"))
    page = mail.part("text/html")
    assert "<script" not in page
    assert "<b>" not in page
    assert 'href="javascript' not in page
    assert "raised ML_b__Other_" in mail.message["Subject"]


def test_an_alert_without_labels_is_still_told(office):
    """An alert of somebody's own that has nothing but a name makes a message."""
    office.post({"alertname": "MLNobodyKnows", "starts": STARTED})
    message = chat(office.inbox.wait_for_post("/ml-platform", says("MLNobodyKnows")))

    assert message["title"] == "Firing: mlexporter: raised MLNobodyKnows"
    assert message["text"].startswith("Since Sat 21 Nov 03:12 UTC")


def test_exporters_are_counted(own_office):
    """Two targets that do not answer are one page, whose text names the other."""
    office = own_office
    down = [
        alert(
            "MLExporterDown", "critical", "exporter", job="counted", instance=f"pod-{place}:9469",
            text=f"The scrape of pod-{place}:9469 fails.",
        )
        for place in (1, 2)
    ]  # fmt: skip
    office.post(*down)
    page = office.inbox.wait_for_post("/pager", says("job counted")).body
    office.resolve(*down)

    assert page["payload"]["summary"] == "job counted: no answer to the scrape (2 exporters)"
    assert "Also: pod-2:9469." in page["payload"]["custom_details"]["firing"]


def test_the_watchdog_reaches_only_the_dead_man_receiver(office):
    """It is told again and again, with the token of its file, and nobody else hears of it."""
    watchdog = alert("MLWatchdog", "info", "exporter")
    office.post(watchdog)
    office.wait_until(
        lambda: len([post for post in office.inbox.posts if post.path == "/dead-man"]) >= 3,
        "three signs of life",
    )
    # Links for silences of other alerts without a model name it, to leave it out.
    told = ((post, json.dumps(post.body).replace("%22MLWatchdog%22", "")) for post in office.inbox.posts)
    signs = [post for post, text in told if "MLWatchdog" in text]

    assert {(post.path, post.token) for post in signs} == {("/dead-man", "Bearer the-dead-man-token")}
    assert not [mail for mail in office.inbox.mails if "pager works" in str(mail.message["Subject"])]


def test_a_copy_goes_to_the_webhook(office):
    """A webhook gets JSON, not a text: annotations, times and labels, with the token of its file."""
    office.post(drift("distance", "2.0", "copied"))
    post = office.inbox.wait_for_post("/copy", says("copied"))
    assert post.token == "Bearer the-webhook-token"
    assert post.body["groupLabels"] == {"model_name": "copied", "component": "drift"}
    assert post.body["alerts"][0]["annotations"]["changed"] == "Version 4 began to take calls 20m ago."

    office.resolve(drift("distance", "2.0", "copied"))
    office.inbox.wait_for_post("/copy", says("copied", '"status": "resolved"'))


def test_causes_wait_for_working_hours(open_office):
    """Off hours a warning about data is held back; a critical alert is told, and serving is, too."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    far = days[(datetime.now(UTC) + timedelta(days=3)).weekday()]
    office = open_office(
        NotificationOptions(time_factor=3600, working_days=far, working_hours=("00:00", "24:00"))
    )
    office.post(drift("distance", "2.0", "night"))
    office.wait_until(
        lambda: "not within active time" in office.log.read_text(encoding="utf-8"), "held back by the hours"
    )
    office.post(
        alert("MLDatasetDrift", "critical", "drift", model_name="woken"),
        alert("MLExporterRowsDropped", "warning", "exporter", model_name="served"),
    )
    office.inbox.wait_for_post("/ml-data-science", says("woken 3"))
    office.inbox.wait_for_post("/ml-platform", says("served 3"))

    assert not [
        post for post in office.inbox.posts if post.path == "/ml-data-science" and "night" in str(post.body)
    ]


def test_a_newer_alertmanager_tells_how_long_ago(pair, tmp_path):
    """The file of ages is understood from 0.28 on, and changes nothing but the line of the beginning.

    Alertmanager 0.25 cannot read it: this is why it is in a folder that no pattern for templates matches.
    """
    for name, content in alertmanager_files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    data = {
        "status": "firing",
        "alerts": [{"status": "firing", "labels": {}, "startsAt": STARTED.isoformat()}],
    }
    (tmp_path / "data.json").write_text(json.dumps(data), encoding="utf-8")

    def rendered(*files):
        globs = [f"--template.glob={tmp_path / 'templates' / file}" for file in files]
        return pair.check(
            "template", "render", *globs, f"--template.data={tmp_path / 'data.json'}",
            '--template.text={{ template "mlexporter.plain.sections" . }}',
        )  # fmt: skip

    assert "Since Sat 21 Nov 03:12 UTC.\n" in rendered("*.tmpl")
    if not pair.is_new:
        with pytest.raises(AssertionError, match='function "since" not defined'):
            rendered("*.tmpl", "alertmanager-0.28/age.tmpl")
        return
    assert re.search(
        r"Since Sat 21 Nov 03:12 UTC, for (\d+d )?\d+h \d+m \d+s\.\n",
        rendered("*.tmpl", "alertmanager-0.28/age.tmpl"),
    )


def test_hundreds_of_alerts_are_told_in_time(office):
    """A message about 500 features is written in seconds, and is not longer than one about thirty."""
    office.post(*(drift(f"feature_{place:03}", "1.5", "wide") for place in range(500)))
    message = chat(office.inbox.wait_for_post("/ml-data-science", says("wide 3", "500 features")))

    assert message["text"].count("\n") <= 6
    assert "and 491 more." in message["text"]


def test_what_the_tutorial_says_can_be_done(pair, office, tmp_path):
    """An alert by amtool is told at once, and its copy is what amtool renders the templates with."""
    pair.check(
        f"--alertmanager.url=http://{HOST}:{office.port}", "alert", "add",
        "alertname=MLPredictionErrorBudgetBurnFast", "severity=critical", "component=slo", "model_name=tried",
        "model_version=3", "variant=primary", "--annotation=description=A test: 12% of the calls raised.",
    )  # fmt: skip
    message = chat(office.inbox.wait_for_post("/ml-platform", says("tried")))
    copy = office.inbox.wait_for_post("/copy", says("tried")).body
    (tmp_path / "notification.json").write_text(json.dumps(copy), encoding="utf-8")
    rendered = pair.check(
        "template", "render", f"--template.glob={TEMPLATES}/*.tmpl",
        '--template.text={{ template "mlexporter.plain.title" . }}',
        f"--template.data={tmp_path / 'notification.json'}",
    )  # fmt: skip

    title = "Critical: tried 3 (primary): calls fail, and the error budget burns fast"
    assert (message["title"], rendered) == (title, title)
    assert message["text"].startswith("A test: 12% of the calls raised.\nSince ")
