import json

import pytest

from mlexporter.demo.chat import chat_message, chat_text


def body(text, title="late_arrival 2013.1: feature distance drifted, 7.3x its threshold"):
    return json.dumps({"channel": "#ml", "attachments": [{"title": title, "text": text}]}).encode()


def test_markup_of_chats_becomes_plain_text():
    """Links are name and address, entities characters, and stars and invisible spaces are gone."""
    message = chat_message(
        body("*Since* 12:00 &amp; a&lt;b\u200b@all\n\n<https://x.example/a?b=c|Runbook>   <b>")
    )
    assert message.lines == ("Since 12:00 & a<b@all", "Runbook: https://x.example/a?b=c", "<b>")
    assert message.channel == "#ml"


def test_news_is_what_the_head_says_without_how_bad_it_is():
    """2x and 4x are the same news; another feature is not."""
    titles = ("fares 3: kind drifted, 2.0x", "fares 3: kind drifted, 14.5x", "fares 3: fee drifted, 2.0x")
    first, worse, other = (chat_message(body("", title)).news for title in titles)
    assert first == worse != other


def test_the_frame_keeps_lines_short_and_addresses_whole():
    """A terminal shows it without breaking an address."""
    address = "http://127.0.0.1:9469/?" + "x" * 120
    lines = chat_text(chat_message(body(f"{'word ' * 40}\n<{address}|Dashboard>")))
    assert lines[0].strip().startswith("┌ #ml  late_arrival")
    assert max(len(line) for line in lines if address not in line) <= 112
    assert any(address in line for line in lines)


@pytest.mark.parametrize(
    "rubbish",
    [b"", b"{}", b"[]", b'{"attachments": []}', b'{"attachments": [1]}', b"\xff", b'{"attachments": 3}'],
)
def test_what_is_no_message_is_none(rubbish):
    """Whoever posts it, the demo goes on."""
    assert chat_message(rubbish) is None
