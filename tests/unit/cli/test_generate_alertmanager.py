"""``mlexporter generate alertmanager``: what it writes and what it says."""

import yaml
from click.testing import CliRunner

from mlexporter.cli.generate import generate_command


def run(*arguments):
    return CliRunner().invoke(generate_command, ["alertmanager", *arguments])


def test_writes_what_was_asked_for(tmp_path):
    """Channels and hours are in the file; the secrets it needs are named, and only those."""
    done = run(
        "--channel", "slack", "--channel", "webhook", "--working-hours", "09:00-17:30",
        "--secrets", "/run/secrets", "--equal-label", "cluster", "--out", str(tmp_path),
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    configuration = yaml.safe_load((tmp_path / "alertmanager.yaml").read_text(encoding="utf-8"))
    assert configuration["time_intervals"][0]["time_intervals"][0]["times"] == [
        {"start_time": "09:00", "end_time": "17:30"}
    ]
    assert "cluster" in configuration["route"]["routes"][0]["group_by"]
    assert done.output.split("in /run/secrets:\n")[1].split() == [
        "chat-url-ml-data-science", "chat-url-ml-platform", "dead-man-token", "webhook-token",
    ]  # fmt: skip


def test_impossible_hours_are_refused():
    """Words that are no two times write nothing."""
    done = run("--working-hours", "9 to 5", "--out", "nowhere")

    assert done.exit_code != 0
    assert "such as 08:00 and 18:00" in done.output + str(done.exception)
