"""What a user may choose about notifications without editing the generated files."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from mlexporter.errors import ConfigurationError
from mlexporter.generate.options import duration_text

CHANNELS: Final = ("pagerduty", "slack", "email", "webhook")
"""How somebody can be told."""

_SHORTEST_SECONDS: Final = 0.05
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_DAY: Final = "(?:sun|mon|tues|wednes|thurs|fri|satur)day"
_DAYS: Final = re.compile(rf"{_DAY}(?::{_DAY})?")
_MAIL_SERVER: Final = re.compile(r"\S+:[a-z0-9-]+", re.ASCII | re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class NotificationOptions:
    """Parameters of Alertmanager's files; the defaults are those of ``alerts/alertmanager.yaml``.

    Attributes:
        channels: Which of ``CHANNELS`` there are. What would go to one that is not there goes to the next best.
        time_zone: Name of the zone of the working hours, such as ``Europe/Berlin``.
        working_hours: Begin and end of a working day, ``HH:MM``.
        working_days: Alertmanager's words for them, such as ``monday:friday``.
        secrets: Folder of the files with keys and passwords, as Alertmanager sees it.
        templates: Folder of the templates, relative to ``alertmanager.yaml``.
        equal_labels: External labels that tell one Prometheus from another, such as ``cluster``: what
            happens in one is grouped apart and silences nothing in another.
        platform_chat: Channel for what is wrong with serving.
        data_science_chat: Channel for what is wrong with data and models.
        smarthost: Mail server with its port.
        email_from: Sender of mails; also the name it logs in with.
        email_to: Who reads mails, separated by commas.
        webhook_url: Where everything is copied to, as JSON.
        dead_man_url: What has to hear from the watchdog, or else tells somebody.
        time_factor: How many times faster than real everything is; above 1 in tests only.
    """

    channels: tuple[str, ...] = CHANNELS
    time_zone: str = "UTC"
    working_hours: tuple[str, str] = ("08:00", "18:00")
    working_days: str = "monday:friday"
    secrets: str = "/etc/alertmanager/secrets"
    templates: str = "templates"
    equal_labels: tuple[str, ...] = ()
    platform_chat: str = "#ml-platform"
    data_science_chat: str = "#ml-data-science"
    smarthost: str = "smtp.example.org:587"
    email_from: str = "alertmanager@example.org"
    email_to: str = "ml-team@example.org"
    webhook_url: str = "https://tickets.example.org/alertmanager"
    dead_man_url: str = "https://dead-man.example.org/mlexporter"
    time_factor: float = 1.0

    def __post_init__(self) -> None:
        unknown = sorted(set(self.channels) - set(CHANNELS))
        if unknown or not self.channels:
            raise ConfigurationError(
                f"channels={self.channels!r}: one or more of {', '.join(CHANNELS)} are needed"
            )
        begin, end = self.working_hours
        if not (_CLOCK.fullmatch(begin) and _CLOCK.fullmatch(end) and begin < end):
            raise ConfigurationError(
                f"working_hours={self.working_hours!r}: two times of one day are needed, such as 08:00 and 18:00"
            )
        if not _DAYS.fullmatch(self.working_days):
            raise ConfigurationError(
                f"working_days={self.working_days!r}: a day or a range of days is needed, such as monday:friday"
            )
        if not self.time_zone or not re.fullmatch(r"[A-Za-z0-9_+/-]+", self.time_zone):
            raise ConfigurationError(
                f"time_zone={self.time_zone!r}: the name of a time zone is needed, such as Europe/Berlin"
            )
        wrong = [label for label in self.equal_labels if not _LABEL.fullmatch(label)]
        if wrong:
            raise ConfigurationError(
                f"equal_labels={wrong[0]!r}: the name of a label is needed, such as cluster"
            )
        if not _MAIL_SERVER.fullmatch(self.smarthost):
            raise ConfigurationError(
                f"smarthost={self.smarthost!r}: a mail server with its port is needed, such as smtp.example.org:587"
            )
        for name in ("webhook_url", "dead_man_url"):
            if not _ADDRESS.match(getattr(self, name)):
                raise ConfigurationError(
                    f"{name}={getattr(self, name)!r}: an address that begins with http:// or https:// is needed"
                )
        if not (math.isfinite(self.time_factor) and self.time_factor > 0):
            raise ConfigurationError(f"time_factor={self.time_factor!r}: a number above 0 is needed")

    def duration(self, nominal_seconds: float) -> str:
        """Return a nominal time as Alertmanager writes it: divided by the factor, never below 50 ms."""
        return duration_text(max(nominal_seconds / self.time_factor, _SHORTEST_SECONDS))
