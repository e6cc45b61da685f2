"""CloudEvents out: an event for each notice and each command."""

from __future__ import annotations

from monitor.alerts.alert import Command
from monitor.channels.cloudevents import CONTENT_TYPE, CloudEventsSettings, make
from monitor.clock import ManualClock
from monitor.formats.decoder import Decoder
from monitor.frames import Frame
from tests.receiver import receiving
from tests.storage.notices import T0, fired, notice


async def test_a_notice_and_a_command_are_events(tmp_path):
    """In structured mode; the id is that of the notice, so a repetition is known."""
    command = Command(action="take_down", key="out|r1|s1", values={"state": "off"})
    async with receiving() as receiver:
        channel = make(
            CloudEventsSettings(
                name="it", url=receiver.url, allow_hosts=("127.0.0.1",), source="/house"
            ),
            ManualClock(T0),
        )
        await channel.send(notice(fired("out", "r1", key="out|r1|s1", sku="s1")))
        await channel.send(
            notice(fired("out", "r1", key="act|take_down|out|r1|s1", sku="s1"), command=command)
        )
        await channel.aclose()
    first, second = receiver.requests

    assert CONTENT_TYPE == first.headers["Content-Type"]
    assert {
        "specversion": "1.0",
        "id": "out|r1|s1|1|fired|ops",
        "source": "/house",
        "type": "roomwatch.alert.fired.v1",
        "subject": "out|r1|s1",
        "time": "2026-11-22T17:53:20Z",
        "datacontenttype": "application/json",
    } == {name: value for name, value in first.json.items() if name != "data"}
    assert "out" == first.json["data"]["alert"]["rule"]
    assert ("roomwatch.command.take_down.v1", "out|r1|s1") == (
        second.json["type"], second.json["subject"],
    )  # fmt: skip
    data = second.json["data"]
    assert ("take_down", {"state": "off"}, "out|r1|s1") == (
        data["command"], data["with"], data["alert"]["key"],
    )  # fmt: skip


async def test_our_own_door_knows_them_for_events_that_are_not_ours():
    """Nobody feeds alerts back as facts by mistake: they are counted, and move nothing."""
    async with receiving() as receiver:
        channel = make(
            CloudEventsSettings(name="it", url=receiver.url, allow_hosts=("127.0.0.1",)),
            ManualClock(T0),
        )
        await channel.send(notice())
        await channel.aclose()
    decoder = Decoder(source="it", format="cloudevents")
    batches = decoder.receive([Frame(data=receiver.requests[0].body, received_at=T0)], T0)

    assert [] == [event for batch in batches for event in batch.events]
    assert {"roomwatch.alert.fired.v1": 1} == dict(decoder.unknown)
