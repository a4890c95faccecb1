"""Messages that the shipped templates write for a chat, as somebody would read them."""

from __future__ import annotations

import html
import json
import re
import textwrap
from dataclasses import dataclass
from typing import Final

_LINK: Final = re.compile(r"<(https?://[^|>]+)\|([^>]*)>")
_FACTOR: Final = re.compile(r"[0-9.]+x")
_INVISIBLE: Final = re.compile("[\u200b\u2060]")
_WIDTH: Final = 100
_INDENT: Final = " " * 10


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message.

    Attributes:
        channel: Whom it is for.
        title: Its head.
        lines: Its text, without the markup of chats; links are name and address.
    """

    channel: str
    title: str
    lines: tuple[str, ...]

    @property
    def news(self) -> str:
        """What the head says, without how bad it is: the same while a topic only gets worse or better."""
        return f"{self.channel} {_FACTOR.sub('', self.title)}"


def chat_message(body: bytes) -> ChatMessage | None:
    """Return what Alertmanager posts to an incoming webhook of a chat; None for anything else."""
    try:
        document = json.loads(body)
        (attachment,) = document["attachments"]
        title, text = str(attachment["title"]), str(attachment["text"])
        channel = str(document.get("channel", ""))
    except (ValueError, KeyError, TypeError):
        return None
    lines = (_plain(line) for line in _LINK.sub(r"\n\2: \1\n", text).splitlines())
    return ChatMessage(channel, _plain(title), tuple(line for line in lines if line))


def chat_text(message: ChatMessage) -> list[str]:
    """Return the message in a frame, in lines for a terminal."""
    inside = [
        part for line in message.lines for part in ([line] if "://" in line else textwrap.wrap(line, _WIDTH))
    ]
    head = f"{_INDENT}┌ {message.channel}  {message.title}"
    return [head, *(f"{_INDENT}│ {line}" for line in inside), f"{_INDENT}└"]


def _plain(text: str) -> str:
    return html.unescape(_INVISIBLE.sub("", text)).replace("*", "").strip()
