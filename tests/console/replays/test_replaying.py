"""A replay feeds pages with the past; its worker is a real process."""

from __future__ import annotations

from pathlib import Path

from monitor.clock import ManualClock
from monitor.console.access import Access
from monitor.console.replays.deck import Deck
from monitor.console.replays.replaying import Replaying
from monitor.console.replays.worker import Command
from tests.console.acted import PEOPLE
from tests.console.replays.made import START, evening, kitchen, write
from tests.console.replays.theatre import opened, playing, screen, until


async def test_a_page_is_fed_the_past_as_it_is_fed_the_present(tmp_path: Path):
    """
    The wall with the recording's time, the jump with what had happened, the room in full with
    names masked for who may only look.
    """
    async with playing(tmp_path) as it:
        replay = await opened(it)
        async with (
            screen(it, replay.id) as wall,
            screen(it, replay.id, "viewer", view="room", room="a") as room,
        ):
            first = await wall(lambda frame: frame.get("rooms"))
            replay.obey(Command(at=START + 128, play=False))
            there = await wall(lambda frame: frame["type"] == "snap" and frame["log"])
            said = await room(lambda frame: frame.get("comments"))

    assert [(START + 123, "warning")] == replay.about().marks
    assert START <= first["server_time"] < START + 60
    assert ("阿蕊的房间", 1128) == tuple(there["rooms"][0][name] for name in ("name", "online"))
    assert START + 128 <= there["server_time"] < START + 129
    assert ["loud|a"] == [alert["key"] for alert in there["alerts"]]
    assert ["fired"] == [line["change"] for line in there["log"]]
    assert {"u**"} == {one["user"] for one in said["comments"]}


async def test_what_can_not_be_played_says_why(tmp_path: Path):
    """
    And a worker that dies is told, too.
    """
    async with playing(tmp_path) as it:
        (tmp_path / "recordings" / "words.jsonl").write_text("words\n")
        failed = await opened(it, "words.jsonl")
        assert "words.jsonl: no format understands it" == failed.about().failed

        replay = await opened(it)
        assert replay._process is not None
        replay._process.kill()
        await until(lambda: replay.about().failed)
        assert "the player ended" == replay.about().failed


async def test_a_worker_that_talks_nonsense_ends_its_replay_alone(tmp_path: Path):
    """
    The pages of it say so; the console goes on.
    """
    write(tmp_path / "recordings", "a.jsonl", evening(minutes=1))
    deck = Deck(
        kitchen(tmp_path), Access(PEOPLE), ManualClock(), asset_version="v", timezone="UTC",
        command=("/bin/sh", "-c", "echo nonsense; cat > /dev/null"),
    )  # fmt: skip
    replay = await deck.open("a.jsonl", "李敏")
    assert isinstance(replay, Replaying)
    await until(lambda: replay.about().failed)

    assert "the player ended" == replay.about().failed
    await deck.aclose()
