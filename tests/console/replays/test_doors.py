"""The JSON doors of replays: who may, and what they answer."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from monitor.console.access import Access, Person
from monitor.console.scope import Scope
from tests.console.acted import PEOPLE, house
from tests.console.replays.made import evening, kitchen, write
from tests.console.replays.theatre import opened, playing
from tests.console.test_server import browser


async def test_an_operator_plays_moves_and_ends_a_recording(tmp_path: Path):
    """
    What is open is told with who opened it.
    """
    async with playing(tmp_path) as it, browser(it) as session:
        async with session.get("/api/replays") as answer:
            assert ["a.jsonl.gz"] == [one["name"] for one in (await answer.json())["recordings"]]
        async with session.post("/api/replays", json={"recording": "a.jsonl.gz"}) as answer:
            replay = (await answer.json())["replay"]
        body = {"id": replay["id"], "speed": 10, "at": 1_795_370_060, "play": False}
        async with session.post("/api/replays/move", json=body) as answer:
            assert 200 == answer.status
        async with session.get("/api/replays") as answer:
            assert [("李敏", replay["id"])] == [
                (one["by"], one["id"]) for one in (await answer.json())["open"]
            ]
        async with session.post("/api/replays/close", json={"id": replay["id"]}) as answer:
            assert 200 == answer.status
        for path in ("move", "close"):
            async with session.post(f"/api/replays/{path}", json={"id": replay["id"]}) as answer:
                assert 404 == answer.status
        async with session.get(f"/ws?replay={replay['id']}") as answer:
            assert 404 == answer.status


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/replays", {"recording": "a.jsonl.gz"}),
        ("/api/replays/move", {"id": "x"}),
        ("/api/replays/close", {"id": "x"}),
    ],
)
async def test_who_may_only_look_opens_nothing(tmp_path: Path, path: str, body: dict[str, str]):
    """
    A process is not started for anybody who has a link.
    """
    async with playing(tmp_path) as it, browser(it, "viewer") as session:
        async with session.post(path, json=body) as answer:
            assert 403 == answer.status
        assert [] == it.deck.open_ones()


async def test_what_makes_no_sense_is_refused(tmp_path: Path):
    """
    An unknown recording, a speed nobody can play at.
    """
    async with playing(tmp_path) as it, browser(it) as session:
        async with session.post("/api/replays", json={"recording": "../x"}) as answer:
            assert 404 == answer.status
        async with session.post("/api/replays/move", json={"id": "x", "speed": 1e9}) as answer:
            assert 400 == answer.status


async def test_a_display_of_some_rooms_sees_no_replay(tmp_path: Path):
    """
    Neither the list, nor one that is open: both tell of rooms that are not its own.
    """
    hall = Person("hall", "viewer", "token-of-the-hall", Scope(rooms=("b",)))
    write(tmp_path / "recordings", "a.jsonl", evening(minutes=1))
    access = Access([*PEOPLE, hall])
    async with house(access=access, kitchen=kitchen(tmp_path)) as it:
        replay = await opened(it, "a.jsonl")
        headers = {"Authorization": "Bearer token-of-the-hall"}
        async with aiohttp.ClientSession(it.origin, headers=headers) as session:
            for path in ("/api/replays", f"/ws?replay={replay.id}"):
                async with session.get(path) as answer:
                    assert 403 == answer.status
