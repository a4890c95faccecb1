"""Who is told, by which channel: what a route names, and what Alertmanager needs to reach it.

Secrets are read from files in one folder and are never in the configuration. Alertmanager 0.25 has such
fields for PagerDuty, Slack and mail passwords, but none for a webhook's address (``url_file`` came with
0.26): its token is in a header, read from a file as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mlexporter.generate.notifications.notification_options import NotificationOptions

PAGER: Final = "ml-pager"
PLATFORM: Final = "ml-platform"
DATA_SCIENCE: Final = "ml-data-science"
DIGEST: Final = "ml-digest"
COPY: Final = "ml-copy"
DEAD_MAN: Final = "ml-dead-man"

_PREFERENCES: Final = {
    PAGER: ("pagerduty", "webhook", "slack", "email"),
    PLATFORM: ("slack", "email", "webhook", "pagerduty"),
    DATA_SCIENCE: ("slack", "email", "webhook", "pagerduty"),
    DIGEST: ("email", "slack", "webhook", "pagerduty"),
    COPY: ("webhook",),
    DEAD_MAN: ("webhook",),
}
_WHY: Final = {
    PAGER: "Whoever is on call.",
    PLATFORM: "Who runs the serving: critical alerts beside the page, and warnings about it.",
    DATA_SCIENCE: "Who knows data and model.",
    DIGEST: "What is read when there is time.",
    COPY: "Everything as JSON, for a ticket system or a bot. Webhooks have no templates.",
    DEAD_MAN: "Expects to hear once a minute that Prometheus, rules and Alertmanager work, and tells if not.",
}


def receivers(options: NotificationOptions) -> list[tuple[str, dict[str, Any]]]:
    """Return each receiver with what a reader is told of it; one without a channel tells nobody."""
    return [(_WHY[name], _receiver(name, options)) for name in _PREFERENCES if has_receiver(name, options)]


def has_receiver(name: str, options: NotificationOptions) -> bool:
    """Return whether there is such a receiver: always, but for the copy, which needs a webhook."""
    return name != COPY or "webhook" in options.channels


def global_settings(options: NotificationOptions) -> dict[str, Any]:
    """Return the settings of the mail server, or nothing."""
    if "email" not in options.channels:
        return {}
    return {
        "smtp_smarthost": options.smarthost,
        "smtp_from": options.email_from,
        "smtp_auth_username": options.email_from,
        "smtp_auth_password_file": f"{options.secrets}/smtp-password",
    }


def _receiver(name: str, options: NotificationOptions) -> dict[str, Any]:
    channel = next((channel for channel in _PREFERENCES[name] if channel in options.channels), None)
    if channel is None:
        return {"name": name}
    return {"name": name, f"{channel}_configs": [_CONFIGURED[channel](name, options)]}


def _pagerduty(name: str, options: NotificationOptions) -> dict[str, Any]:
    del name
    return {
        "routing_key_file": f"{options.secrets}/pagerduty-routing-key",
        "send_resolved": True,
        "description": _template("pager.title"),
        "severity": _template("pager.severity"),
        "source": _template("pager.source"),
        "class": _template("pager.class"),
        "component": "{{ .CommonLabels.component }}",
        "group": "{{ .CommonLabels.model_name }}",
        "client": "mlexporter",
        "client_url": _template("address"),
        "details": {"firing": _template("plain.text"), "resolved": _template("plain.ended")},
        "links": [
            {"href": _template("runbook"), "text": "Runbook"},
            {"href": _template("dashboard"), "text": "Dashboard"},
        ],
    }


def _slack(name: str, options: NotificationOptions) -> dict[str, Any]:
    chat = options.data_science_chat if name == DATA_SCIENCE else options.platform_chat
    return {
        # An incoming webhook of Slack, Mattermost or Rocket.Chat belongs to one channel: a file each.
        "api_url_file": f"{options.secrets}/chat-url-{chat.lstrip('#')}",
        "channel": chat,
        "send_resolved": True,
        "color": _template("chat.colour"),
        "title": _template("chat.title"),
        "title_link": _template("address"),
        "text": _template("chat.text"),
        "fallback": _template("chat.title"),
        "footer": "",
        "mrkdwn_in": ["text"],
    }


def _email(name: str, options: NotificationOptions) -> dict[str, Any]:
    del name
    return {
        "to": options.email_to,
        "send_resolved": True,
        "headers": {"Subject": _template("plain.title")},
        "html": _template("email.html"),
        "text": _template("email.text"),
    }


def _webhook(name: str, options: NotificationOptions) -> dict[str, Any]:
    is_dead_man = name == DEAD_MAN
    token = "dead-man-token" if is_dead_man else "webhook-token"
    return {
        "url": options.dead_man_url if is_dead_man else options.webhook_url,
        "send_resolved": not is_dead_man,
        "http_config": {"authorization": {"credentials_file": f"{options.secrets}/{token}"}},
    }


_CONFIGURED: Final[dict[str, Callable[[str, NotificationOptions], dict[str, Any]]]] = {
    "pagerduty": _pagerduty,
    "slack": _slack,
    "email": _email,
    "webhook": _webhook,
}


def _template(name: str) -> str:
    return f'{{{{ template "mlexporter.{name}" . }}}}'
