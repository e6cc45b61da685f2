"""Slack gets one message for each episode, within its limits, edited as it goes on."""

from __future__ import annotations

from msgspec.structs import replace

from monitor.channels.render import Style, render
from monitor.channels.slack import SlackChannel, SlackSettings, make, to_blocks
from monitor.clock import ManualClock
from tests.alerts.changes import resolved
from tests.receiver import Receiver, Reply, receiving
from tests.storage.notices import T0, fired, notice

TOOK = Reply(json={"ok": True, "channel": "C1", "ts": "17.5"})


def channel(receiver: Receiver) -> SlackChannel:
    settings = SlackSettings(name="ops", to="C1", token="canary-slack", base_url=receiver.url)
    return make(settings, ManualClock())


async def test_a_message_is_posted_and_later_edited_by_its_reference():
    """With the token in the header and nowhere else."""
    async with receiving() as receiver:
        receiver.always = TOOK
        ops = channel(receiver)
        reference = await ops.send(notice())
        again = await ops.send(notice(resolved(fired(), T0 + 9), reference=reference))
        await ops.aclose()

    first, second = receiver.requests
    assert ("C1:17.5", "C1:17.5") == (reference, again)
    assert ["/chat.postMessage", "/chat.update"] == [first.path, second.path]
    assert ("C1", "17.5") == (second.json["channel"], second.json["ts"])
    assert "Bearer canary-slack" == first.headers["Authorization"]
    assert b"canary" not in first.body


async def test_a_message_that_is_gone_is_posted_anew():
    """Somebody deleted it."""
    async with receiving() as receiver:
        receiver.script = [Reply(json={"ok": False, "error": "message_not_found"}), TOOK]
        ops = channel(receiver)
        reference = await ops.send(notice(reference="C1:1.0"))
        await ops.aclose()

    assert ["/chat.update", "/chat.postMessage"] == [sent.path for sent in receiver.requests]
    assert "C1:17.5" == reference


async def test_blocks_that_are_too_much_become_plain_text_once():
    """Slack has limits it does not document."""
    async with receiving() as receiver:
        receiver.script = [Reply(json={"ok": False, "error": "msg_blocks_too_long"}), TOOK]
        ops = channel(receiver)
        await ops.send(notice())
        await ops.aclose()

    assert [True, False] == ["blocks" in sent.json for sent in receiver.requests]


def test_blocks_stay_within_slacks_limits():
    """Whatever the texts are."""
    long = "很长" * 5000
    change = fired(
        room=long, summary=long, action=long, reason=long, playbook=long,
        values={f"v{n}": long for n in range(30)}, since=T0,
    )  # fmt: skip
    also = tuple(fired(f"x{number}", summary=long) for number in range(30))
    blocks = to_blocks(render(notice(change, also=also, room_name=long), Style()))

    header, summary, fields, context = blocks
    assert len(header["text"]["text"]) <= 150
    assert len(summary["text"]["text"]) <= 3000
    assert len(fields["fields"]) <= 10
    assert all(len(field["text"]) <= 2000 for field in fields["fields"])
    assert len(context["elements"]) <= 10


def test_nobody_is_mentioned_by_a_viewer():
    """`<!channel>` in a room's name is text."""
    change = fired(summary="<!channel> & <https://evil.example|click>")
    message = replace(render(notice(change), Style()), link="https://a.example/?x=1|2>3")
    blocks = to_blocks(message)

    assert "&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;" == blocks[1]["text"]["text"]
    context = blocks[-1]["elements"][0]["text"]
    assert context.startswith("<https://a.example/?x=1%7C2%3E3|打开控制台>")
