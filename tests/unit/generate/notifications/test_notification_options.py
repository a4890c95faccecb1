"""What may be chosen about notifications, and what is refused with a way out."""

import pytest

from mlexporter.errors import ConfigurationError
from mlexporter.generate.notifications.notification_options import NotificationOptions


@pytest.mark.parametrize(
    ("field", "value", "way_out"),
    [
        ("channels", ("pigeon",), "pagerduty, slack, email, webhook"),
        ("channels", (), "pagerduty"),
        ("working_hours", ("18:00", "08:00"), "such as 08:00 and 18:00"),
        ("working_hours", ("8", "18:00"), "such as 08:00"),
        ("working_days", "weekdays", "monday:friday"),
        ("time_zone", "", "Europe/Berlin"),
        ("time_zone", "UTC\nreceivers: []", "Europe/Berlin"),
        ("equal_labels", ("my cluster",), "cluster"),
        ("smarthost", "smtp.example.org", "smtp.example.org:587"),
        ("webhook_url", "tickets.example.org", "https://"),
        ("dead_man_url", "ftp://dead-man.example.org", "https://"),
        ("time_factor", 0.0, "above 0"),
        ("time_factor", float("nan"), "above 0"),
    ],
)
def test_impossible_values_are_refused(field, value, way_out):
    """The message names the field, the value and what would do."""
    with pytest.raises(ConfigurationError) as raised:
        NotificationOptions(**{field: value})

    assert f"{field}=" in str(raised.value)
    assert way_out in str(raised.value)


def test_times_shrink_to_a_floor():
    """Durations are divided by the factor, and never so short that Alertmanager would spin."""
    assert NotificationOptions().duration(1800) == "30m"
    assert NotificationOptions(time_factor=3600).duration(1800) == "500ms"
    assert NotificationOptions(time_factor=3600).duration(1) == "50ms"
