"""What people change, over real sockets: by whom, and on record."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from monitor.alerts.mutes import Mute
from monitor.console.acts import MOST_MUTES
from monitor.signals.views import RoomView
from tests.console.acted import house
from tests.console.test_server import browser

ACTS: dict[str, dict[str, Any]] = {
    "/api/rooms/cue": {"room": "a", "segment": "push"},
    "/api/rooms/mark": {"room": "a", "text": "换场景"},
    "/api/mutes": {"room": "a", "rule": "stock", "seconds": 300.0, "reason": "补库存中"},
    "/api/mutes/end": {"name": "stock a"},
}


async def post(session: aiohttp.ClientSession, path: str, /, **change: Any) -> tuple[int, Any]:
    async with session.post(path, json=ACTS[path] | change) as answer:
        return answer.status, await answer.json()


async def test_what_an_operator_does_happens_and_is_on_record_with_the_name():
    """
    A cue, a note, a mute and its end.
    """
    async with house(RoomView(room="a")) as it, browser(it) as session:
        it.desk.fire("a", "stock")
        statuses = [(await post(session, path))[0] for path in list(ACTS)[:3]]

        assert [200] * 3 == statuses
        assert "push" == it.desk.views["a"].segment
        assert "muted: 补库存中 (李敏)" == it.desk.open["stock|a"].quiet
        async with session.get("/api/mutes") as answer:
            assert ["补库存中"] == [each["reason"] for each in (await answer.json())["mutes"]]

        assert 200 == (await post(session, "/api/mutes/end"))[0]
        async with session.get("/api/deeds") as answer:
            deeds = (await answer.json())["deeds"]
    assert [("李敏", did) for did in ("unmuted", "muted", "marked", "cued")] == [
        (deed["by"], deed["did"]) for deed in deeds
    ]


@pytest.mark.parametrize("path", ACTS)
async def test_a_viewer_changes_nothing(path: str):
    """
    403, and nothing is on record.
    """
    async with house(RoomView(room="a")) as it, browser(it, "viewer") as session:
        assert (403, {"error": "needs the role operator"}) == await post(session, path)
        assert [] == it.desk.done


@pytest.mark.parametrize("path", ACTS)
async def test_without_csrf_or_from_elsewhere_nothing_changes(path: str):
    """
    403 before the body is read.
    """
    async with house(RoomView(room="a")) as it, browser(it) as session:
        for headers in ({"X-CSRF": ""}, {"Origin": "http://evil.example"}):
            async with session.post(path, json=ACTS[path], headers=headers) as answer:
                assert 403 == answer.status
        assert [] == it.desk.done


@pytest.mark.parametrize(
    ("status", "path", "change"),
    [
        (404, "/api/rooms/cue", {"room": "nobody"}),
        (404, "/api/rooms/mark", {"room": "nobody"}),
        (404, "/api/mutes/end", {}),
        (400, "/api/rooms/cue", {"segment": "dance"}),
        (400, "/api/rooms/mark", {"text": ""}),
        (400, "/api/rooms/mark", {"text": "\u200b"}),
        (400, "/api/rooms/mark", {"text": "x" * 201}),
        (400, "/api/mutes", {"seconds": 0}),
        (400, "/api/mutes", {"seconds": 1e9}),
        (400, "/api/mutes", {"reason": ""}),
        (400, "/api/mutes", {"reason": "\u200b"}),
        (400, "/api/mutes", {"room": "*", "rule": "*"}),  # of everything
        (400, "/api/mutes", {"rule": "*a*b*c*d*"}),
        (400, "/api/mutes", {"severities": ["loud"]}),
        (400, "/api/mutes", {"seconds": None}),
        (404, "/api/mutes", {"session": True, "seconds": None}),  # nobody says it is live
    ],
)
async def test_what_makes_no_sense_is_refused(status: int, path: str, change: dict[str, Any]):
    """
    An unknown room, a segment that is none, a mute for ever or without a reason.
    """
    async with house(RoomView(room="a")) as it, browser(it) as session:
        assert status == (await post(session, path, **change))[0]
        assert [] == it.desk.done


async def test_a_mute_may_name_more_and_end_with_the_broadcast():
    """
    By platform, tier, product and severity; of a room that is live.
    """
    more = {"product": "s*", "platform": "douyin", "tier": "head", "severities": ["warning"],
            "session": True, "seconds": None}  # fmt: skip
    async with house(RoomView(room="a", live=True)) as it, browser(it) as session:
        status, answer = await post(session, "/api/mutes", **more)

    assert 200 == status
    mute = answer["mute"]
    assert [["s*"], ["douyin"], ["head"], ["warning"], True] == [
        mute[name] for name in ("products", "platforms", "tiers", "severities", "session")
    ]


async def test_there_are_so_many_mutes_and_no_more():
    """
    Each is asked for each alert.
    """
    async with house(RoomView(room="a")) as it, browser(it) as session:
        it.desk.muted |= {str(number): Mute(name=str(number)) for number in range(MOST_MUTES)}
        status, answer = await post(session, "/api/mutes")

    assert (400, "200 mutes are in force: end some first") == (status, answer["error"])
