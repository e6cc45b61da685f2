"""A WeCom bot gets markdown of at most 4,096 bytes, and its errcode is believed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.render import Style, render
from monitor.channels.wecom_bot import WecomBotChannel, WecomBotSettings, make, to_markdown
from monitor.clock import ManualClock
from monitor.errors import DeliveryError
from tests.alerts.changes import acked, resolved
from tests.receiver import Receiver, Reply, receiving
from tests.storage.notices import T0, fired, notice

TOOK = Reply(json={"errcode": 0, "errmsg": "ok"})
LINK = "https://room.example/#alert=stock_out%7Cr1"


def channel(receiver: Receiver) -> WecomBotChannel:
    settings = WecomBotSettings(name="desk", key="canary-wecom", base_url=f"{receiver.url}/send")
    return make(settings, ManualClock(T0))


async def test_a_notice_is_markdown_in_the_colour_of_its_urgency():
    """Orange to act, grey to know, green when over."""
    change = fired(severity="critical")
    async with receiving() as receiver:
        receiver.always = TOOK
        desk = channel(receiver)
        for made in (change, acked(change, T0), resolved(change, T0), fired(severity="info")):
            await desk.send(notice(made))
        await desk.aclose()

    texts = [sent.json["markdown"]["content"] for sent in receiver.requests]
    assert {"key": "canary-wecom"} == receiver.requests[0].query
    assert ["warning", "comment", "info", "comment"] == [text.split('"')[1] for text in texts]


async def test_content_that_is_refused_is_shortened_once():
    """40058; and given up when that does not help."""
    async with receiving() as receiver:
        receiver.script = [Reply(json={"errcode": 40058}), TOOK]
        receiver.always = Reply(json={"errcode": 40058})
        desk = channel(receiver)
        await desk.send(notice(fired(summary="长" * 600)))
        refused = None
        try:
            await desk.send(notice())
        except DeliveryError as error:
            refused = error
        await desk.aclose()

    sizes = [len(sent.json["markdown"]["content"].encode()) for sent in receiver.requests]
    assert 4 == len(sizes)
    assert sizes[1] <= 1024 < sizes[0]
    assert refused
    assert ("errcode 40058: content not accepted", False) == (refused.reason, refused.retry)


@given(st.text(), st.text(), st.text(), st.sampled_from([4096, 1024]))
def test_a_message_fits_whatever_is_in_it_and_keeps_its_link(room, summary, reason, limit):
    """In bytes of UTF-8; no mark-up is cut in half."""
    change = fired(room=room * 50, summary=summary * 50, reason=reason * 50)
    also = tuple(fired(f"x{number}", summary="同时" * 200) for number in range(9))
    message = render(notice(change, also=also, link=LINK), Style())

    text = to_markdown(message, "warning", limit)

    assert len(text.encode()) <= limit
    assert text.endswith(f"\n[打开控制台]({LINK})")
    assert text.count("<font") == text.count("</font>")


def test_a_viewer_can_write_no_markup():
    """Not a link, a colour or a mention."""
    change = fired(summary="<@all> [x](https://evil.example) **b**")

    text = to_markdown(render(notice(change), Style()), "info", 4096)

    assert "＜@all＞ ［x］(https://evil.example) ＊＊b＊＊" in text
