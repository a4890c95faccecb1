"""The three languages that a notification is written in: plain text, chat, and HTML.

Texts come from labels and annotations, which anybody may have filled: each language has its own way to make
them harmless. Only functions of Alertmanager 0.25's templates are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_ONE_LINE: Final = r' | reReplaceAll "[\\s\\x00-\\x1f\\x7f]+" " "'
# Slack and its likes: `<...>` is a link or calls a whole channel, `@channel` does in Mattermost, and the
# marks of bold, italics and code would spread over what follows.
_CHAT: Final = (
    r' | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;"'
    r' | reReplaceAll "@" "@\u200b" | reReplaceAll "([*~`])" "\u200b${1}\u200b"'
)
_CHAT_ADDRESS: Final = r' | reReplaceAll "<" "%3C" | reReplaceAll ">" "%3E" | reReplaceAll "[|]" "%7C" | reReplaceAll "\\s" "%20"'
_BUTTON: Final = (
    "display:inline-block;margin:0 8px 8px 0;padding:12px 18px;border-radius:6px;background:#0b5cad;"
    "color:#ffffff;text-decoration:none;font-weight:600"
)


@dataclass(frozen=True, slots=True)
class Markup:
    """How one language writes pieces of a template; every piece begins with an action that trims.

    Attributes:
        name: What its templates are called, after ``mlexporter.``.
        escape: The end of a pipeline that makes a text of strangers harmless.
        head: What is around a head of a section: before, after.
        paragraph: What is around a paragraph.
        quiet: What is around a line of less weight.
        links: What is around a row of links.
    """

    name: str
    escape: str
    head: tuple[str, str]
    paragraph: tuple[str, str]
    quiet: tuple[str, str]
    links: tuple[str, str]

    def value(self, expression: str, characters: int = 80) -> str:
        """Return the action that prints ``expression``, on one line, cut, and harmless."""
        return f'{{{{ {expression}{_ONE_LINE} | printf "%.{characters}s"{self.escape} }}}}'

    def link(self, address: str, words: str) -> str:
        """Return a link to the value of ``address``; the caller asks first whether it is an address."""
        if self.name == "chat":
            return f"<{{{{ {address}{_CHAT_ADDRESS} }}}}|{words}>   "
        if self.name == "email":
            return f'<a href="{{{{ {address} }}}}" style="{_BUTTON}">{words}</a>'
        return f'{words}: {{{{ {address}{_ONE_LINE} }}}}{{{{ "\\n" }}}}'


_NEWLINE: Final = '{{ "\\n" }}'
_NOTHING: Final = '{{- "" }}'

PLAIN: Final = Markup(
    "plain", "", (_NOTHING, _NEWLINE), (_NOTHING, _NEWLINE), (_NOTHING, _NEWLINE), (_NOTHING, _NEWLINE)
)
CHAT: Final = Markup(
    "chat",
    _CHAT,
    ('{{- "*" }}', '{{ "*\\n" }}'),
    (_NOTHING, _NEWLINE),
    (_NOTHING, _NEWLINE),
    (_NOTHING, _NEWLINE),
)
EMAIL: Final = Markup(
    "email", "",
    (f'{_NOTHING}<h2 style="margin:20px 0 8px;font-size:18px;line-height:1.35">', "</h2>"),
    (f'{_NOTHING}<p style="margin:0 0 12px">', "</p>"),
    (f'{_NOTHING}<p style="margin:0 0 12px;color:#5b6470">', "</p>"),
    (f'{_NOTHING}<p style="margin:16px 0 8px">', "</p>"),
)  # fmt: skip
MARKUPS: Final = (PLAIN, CHAT, EMAIL)
