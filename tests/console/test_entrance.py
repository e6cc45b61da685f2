"""Logging in and out, display links, and who is logged in."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from monitor.console.access import Access
from monitor.console.person import Person
from monitor.console.scope import Scope
from monitor.signals.views import RoomView
from tests.console.acted import PEOPLE, TOKENS, house
from tests.console.test_server import ack, browser

HALL = Person("hall", "viewer", "token-of-the-hall", Scope(rooms=("a",), gmv=False))


async def test_logging_out_ends_the_session_and_its_cookie():
    """
    Going back shows the login.
    """
    async with house() as it, browser(it) as session:
        async with session.post("/api/logout") as answer:
            assert 200 == answer.status
        async with session.get("/api/me") as answer:
            assert 401 == answer.status


async def test_a_display_link_becomes_a_session_that_can_only_look():
    """
    Its token leaves the address bar, and an operator's token is refused there.
    """
    async with house(RoomView(room="a")) as it, browser(it, None) as session:
        path = f"/d/{TOKENS['viewer']}"
        async with session.get(path, allow_redirects=False) as answer:
            assert (303, "/?kiosk") == (answer.status, answer.headers["Location"])
            assert "no-referrer" == answer.headers["Referrer-Policy"]
        asked = {"rotate": "20", "density": "24", "to": "/elsewhere"}
        async with session.get(path, params=asked, allow_redirects=False) as answer:
            assert "/?kiosk&density=24&rotate=20" == answer.headers["Location"]
        async with session.get("/api/me") as answer:
            me = await answer.json()
            assert ("wall-1", "viewer") == (me["name"], me["role"])
        it.desk.fire("a", "stock")
        assert 403 == (await ack(session, headers={"X-CSRF": me["csrf"]}))[0]
        async with session.get(f"/d/{TOKENS['operator']}") as answer:
            assert 403 == answer.status
        async with session.get("/d/guess") as answer:
            assert 401 == answer.status


async def test_a_display_shows_its_rooms_and_no_amounts_at_any_door():
    """
    Other rooms are not there; what is about the house as a whole is refused, and so is
    everything that changes something.
    """
    rooms = [RoomView(room=name, gmv_minor=500, goal_minor=900) for name in "ab"]
    async with (
        house(*rooms, access=Access([*PEOPLE, HALL])) as it,
        browser(it, None) as session,
    ):
        for room in "ab":
            it.desk.fire(room, "sales", summary="GMV ¥5", values={"gmv_5m": 500.0})
        async with session.get("/d/token-of-the-hall") as answer:
            assert 200 == answer.status

        async def asked(path: str) -> tuple[int, dict[str, Any]]:
            async with session.get(path) as answer:
                return answer.status, await answer.json()

        [seen] = (await asked("/api/rooms"))[1]["rooms"]
        assert ("a", None, None) == (seen["room"], seen["gmv_minor"], seen["goal_minor"])
        for path, field in (("/api/alerts", "alerts"), ("/api/history", "changes")):
            [told] = (await asked(path))[1][field]
            assert ("a", "sales", {}) == (told["room"], told["summary"], told["values"])
        assert 200 == (await asked("/api/rooms/a"))[0]
        assert 404 == (await asked("/api/rooms/b"))[0]
        for name in ("health", "mutes", "deeds", "dead", "sessions"):
            assert 403 == (await asked(f"/api/{name}"))[0], name
        csrf = (await asked("/api/me"))[1]["csrf"]
        for path in ("alerts/ack", "rooms/cue", "rooms/mark", "mutes", "sessions/end"):
            headers = {"X-CSRF": csrf}
            async with session.post(f"/api/{path}", json={}, headers=headers) as answer:
                assert (403, True) == (answer.status, "role" in (await answer.json())["error"])


async def test_an_admin_ends_a_session_and_it_is_on_record():
    """
    The screen of that session is closed with 4401; an operator may not even look.
    """
    async with house(RoomView(room="a")) as it, browser(it, "admin") as root:
        async with (
            browser(it, "operator") as limin,
            limin.ws_connect("/ws", headers={"Origin": it.origin}) as socket,
        ):
            assert "hello" == (await socket.receive_json())["type"]
            async with limin.get("/api/sessions") as answer:
                assert 403 == answer.status
            async with root.get("/api/sessions") as answer:
                sessions = {each["name"]: each for each in (await answer.json())["sessions"]}
            assert (True, False) == (sessions["root"]["mine"], sessions["李敏"]["mine"])

            async with root.get("/api/me") as answer:
                headers = {"X-CSRF": (await answer.json())["csrf"]}
            hers = {"id": sessions["李敏"]["id"]}
            told = []
            for _ in range(2):
                async with root.post("/api/sessions/end", json=hers, headers=headers) as answer:
                    told.append(answer.status)
            assert [200, 404] == told
            message = await socket.receive()
            assert (aiohttp.WSMsgType.CLOSE, 4401) == (message.type, message.data)
            async with limin.get("/api/me") as answer:
                assert 401 == answer.status

        assert [("root", "revoked", "李敏")] == [
            (deed.by, deed.did, deed.about) for deed in it.desk.done
        ]


@pytest.mark.parametrize("body", [{}, {"id": 5}, {"id": "x", "more": 1}])
async def test_a_session_is_named_to_be_ended(body: dict[str, Any]):
    """
    Nothing else is taken.
    """
    async with house() as it, browser(it, "admin") as root:
        async with root.get("/api/me") as answer:
            headers = {"X-CSRF": (await answer.json())["csrf"]}
        async with root.post("/api/sessions/end", json=body, headers=headers) as answer:
            assert 400 == answer.status
