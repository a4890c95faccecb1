"""Alertmanager's files: the same every time, readable, and written without losing anybody's own."""

import pytest
import yaml

from mlexporter.errors import ConfigurationError
from mlexporter.generate.alertmanager import (
    alertmanager_configuration,
    alertmanager_files,
    write_alertmanager_files,
)
from mlexporter.generate.notifications.notification_options import NotificationOptions


def test_the_file_is_the_configuration():
    """What is written is what is returned; each inhibition stands below the comment that explains it."""
    text = alertmanager_files()["alertmanager.yaml"]

    assert yaml.safe_load(text) == alertmanager_configuration()
    assert text.count("  - source_matchers:") == text.count("\n  # ") - len(
        alertmanager_configuration()["receivers"]
    )


def test_working_hours_of_a_user():
    """Zone, days and hours arrive as Alertmanager reads them."""
    options = NotificationOptions(
        time_zone="Europe/Berlin", working_hours=("09:00", "17:30"), working_days="sunday:thursday"
    )

    assert alertmanager_configuration(options)["time_intervals"] == [
        {
            "name": "working-hours",
            "time_intervals": [
                {
                    "weekdays": ["sunday:thursday"],
                    "times": [{"start_time": "09:00", "end_time": "17:30"}],
                    "location": "Europe/Berlin",
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("days", "ranges"),
    [
        ("monday:sunday", ["monday:saturday", "sunday:sunday"]),
        ("friday:monday", ["friday:saturday", "sunday:monday"]),
        ("sunday:saturday", ["sunday:saturday"]),
        ("monday", ["monday"]),
    ],
)
def test_a_week_may_begin_on_any_day(days, ranges):
    """Alertmanager's begins on Sunday, and it takes no range that goes beyond Saturday."""
    intervals = alertmanager_configuration(NotificationOptions(working_days=days))["time_intervals"]

    assert intervals[0]["time_intervals"][0]["weekdays"] == ranges


def test_without_mail_no_mail_server():
    """A global section that nothing needs is not there."""
    assert "global" not in alertmanager_configuration(NotificationOptions(channels=("slack",)))


def test_generated_files_are_replaced_and_others_are_not(tmp_path):
    """A second run writes again; a file of somebody's own stops it before anything is written."""
    folder = tmp_path / "etc"
    written = write_alertmanager_files(folder, NotificationOptions())
    write_alertmanager_files(folder, NotificationOptions())
    assert {str(path.relative_to(folder)) for path in written} == alertmanager_files().keys()

    (folder / "templates" / "mlexporter.tmpl").write_text("mine", encoding="utf-8")
    (folder / "alertmanager.yaml").unlink()
    with pytest.raises(ConfigurationError, match="was not generated"):
        write_alertmanager_files(folder, NotificationOptions())
    assert not (folder / "alertmanager.yaml").exists()

    write_alertmanager_files(folder, NotificationOptions(), force=True)
    assert (folder / "alertmanager.yaml").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    """The message names the folder."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_alertmanager_files(tmp_path / "file" / "below", NotificationOptions())
