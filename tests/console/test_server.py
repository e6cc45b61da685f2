"""The doors: what they answer to whom, over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from monitor.console.access import Access
from monitor.signals.views import ProductView, RoomView
from tests.console.acted import TOKENS, House, house

PAGES = ["/rooms/a", "/rooms/a/prompter", "/alerts", "/health", "/replay", "/sessions"]
READS = ["/api/me", "/api/rooms", "/api/alerts", "/api/history", "/api/health"]


@asynccontextmanager
async def browser(it: House, role: str | None = "operator") -> AsyncIterator[aiohttp.ClientSession]:
    """A session as a browser has it: cookies, our Origin and, once logged in, the CSRF header."""
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address, not of a name
    async with aiohttp.ClientSession(it.origin, cookie_jar=jar) as session:
        session.headers["Origin"] = it.origin
        if role is not None:
            async with session.post("/api/login", json={"token": TOKENS[role]}) as answer:
                assert 200 == answer.status
                session.headers["X-CSRF"] = (await answer.json())["csrf"]
        yield session


async def ack(session: aiohttp.ClientSession, **fields: Any) -> tuple[int, dict[str, Any]]:
    body = {"key": "stock|a", "episode": 1}
    async with session.post("/api/alerts/ack", json=body, **fields) as answer:
        return answer.status, await answer.json()


async def test_nobody_sees_anything_without_logging_in():
    """
    A page leads to the login, everything else is 401.
    """
    async with house() as it, browser(it, None) as session:
        for path in [*READS, "/ws"]:
            async with session.get(path) as answer:
                assert 401 == answer.status, path
        async with session.get("/", allow_redirects=False) as answer:
            assert (303, "/login") == (answer.status, answer.headers["Location"])


async def test_after_logging_in_the_session_is_in_a_cookie_no_script_can_read():
    """
    HttpOnly, SameSite=Strict, for the whole site; Secure with the name that demands it on https.
    """
    async with house() as it, browser(it, None) as session:
        it.access.allow_origin("https://wall.example")
        body = {"token": TOKENS["viewer"]}
        async with session.post("/api/login", json=body) as answer:
            plain = answer.headers["Set-Cookie"]
        https = {"Origin": "https://wall.example"}
        async with session.post("/api/login", json=body, headers=https) as answer:
            secure = answer.headers["Set-Cookie"]

        for cookie in (plain, secure):
            assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
        assert plain.startswith("sid=")
        assert secure.startswith("__Host-sid=")
        assert "Secure" in secure.split("; ")


async def test_rooms_alerts_and_history_are_json_for_who_logged_in():
    """
    As the desk gives them, None where nobody knows.
    """
    async with house(RoomView(room="a", products=[ProductView(sku="1", stock=3)])) as it:
        it.desk.fire("a", "stock", summary="<b>快售罄</b>")
        async with browser(it, "viewer") as session:
            rooms, alerts, history = [await (await session.get(path)).json() for path in READS[1:4]]

    assert (1_795_370_000.0, "a", None, 3) == (
        rooms["at"],
        rooms["rooms"][0]["room"],
        rooms["rooms"][0]["online"],
        rooms["rooms"][0]["products"][0]["stock"],
    )
    assert ["<b>快售罄</b>"] == [alert["summary"] for alert in alerts["alerts"]]
    assert ["fired"] == [change["change"] for change in history["changes"]]


@pytest.mark.parametrize("limit", ["0", "-1", "501", "x", "1e2", "٣", "9" * 400])
async def test_history_has_a_limit(limit: str):
    """
    A number from 1 to 500, and nothing that only looks like one.
    """
    async with (
        house() as it,
        browser(it) as session,
        session.get("/api/history", params={"limit": limit}) as answer,
    ):
        assert 400 == answer.status


async def test_every_answer_is_strict_and_only_files_are_kept():
    """
    Pages and JSON are never kept; files of one version for ever; refusals carry the headers too.
    """
    async with house() as it, browser(it) as session:
        async with session.get("/") as answer:
            page = await answer.text()
        script = page.split('src="')[1].split('"')[0]
        for path, kept in [
            ("/", "no-store"),
            ("/login", "no-store"),
            ("/api/rooms", "no-store"),
            ("/api/history?limit=0", "no-store"),
            (script, "public, max-age=31536000, immutable"),
        ]:
            async with session.get(path) as answer:
                policy = answer.headers["Content-Security-Policy"]

                assert kept == answer.headers["Cache-Control"], path
                assert "unsafe" not in policy
                assert "default-src 'none'" in policy
                assert "require-trusted-types-for 'script'" in policy
                assert "frame-ancestors 'none'" in policy
                assert "nosniff" == answer.headers["X-Content-Type-Options"]
                assert "same-origin" == answer.headers["Cross-Origin-Opener-Policy"]
        async with session.get(script.replace("wall.js", "wall.html")) as answer:
            assert 404 == answer.status
        async with session.get("/static/old/wall.js") as answer:
            assert (404, "no-store") == (answer.status, answer.headers["Cache-Control"])


async def test_an_operator_acknowledges_and_the_first_one_stays_on_record():
    """
    A second operator is told whose it is.
    """
    async with house(RoomView(room="a")) as it:
        it.desk.fire("a", "stock")
        async with browser(it) as limin, browser(it, "admin") as root:
            first = await ack(limin)
            second = await ack(root)

    assert (200, "李敏") == (first[0], first[1]["change"]["by"])
    assert first == second


async def test_an_alert_that_is_not_open_cannot_be_acknowledged():
    """
    Nor can an episode that is over.
    """
    async with house(RoomView(room="a")) as it, browser(it) as session:
        assert 404 == (await ack(session))[0]

        it.desk.fire("a", "stock")
        it.desk.resolve("stock|a")
        it.desk.fire("a", "stock")

        assert (404, {"error": "no such open alert"}) == await ack(session)


async def test_a_viewer_gets_403_and_nothing_happens():
    """
    The server refuses; that the page shows no button is only polite.
    """
    async with house(RoomView(room="a")) as it, browser(it, "viewer") as session:
        it.desk.fire("a", "stock")

        assert (403, {"error": "needs the role operator"}) == await ack(session)
        assert it.desk.open["stock|a"].acked_at is None


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF": ""},
        {"X-CSRF": "0" * 64},
        {"Origin": "http://evil.example"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_a_cookie_without_csrf_or_from_another_origin_changes_nothing(
    headers: dict[str, str],
):
    """
    403, and the alert stays as it is.
    """
    async with house(RoomView(room="a")) as it, browser(it) as session:
        it.desk.fire("a", "stock")

        assert 403 == (await ack(session, headers=headers))[0]
        assert it.desk.open["stock|a"].acked_at is None


async def test_a_command_line_acknowledges_with_its_token_alone():
    """
    No cookie, no Origin, no CSRF.
    """
    async with house(RoomView(room="a")) as it:
        it.desk.fire("a", "stock")
        headers = {"Authorization": f"Bearer {TOKENS['operator']}"}
        async with aiohttp.ClientSession(it.origin, headers=headers) as session:
            assert 200 == (await ack(session))[0]
        headers = {"Authorization": "Bearer wrong"}
        async with aiohttp.ClientSession(it.origin, headers=headers) as session:
            assert (401, {"error": "wrong token"}) == await ack(session)


async def test_guessing_is_answered_with_429_and_when_to_come_back():
    """
    The sixth wrong token within a minute is not even looked at.
    """
    async with house() as it, browser(it, None) as session:
        for _ in range(5):
            async with session.post("/api/login", json={"token": "guess"}) as answer:
                assert 401 == answer.status
        async with session.post("/api/login", json={"token": TOKENS["admin"]}) as answer:
            assert (429, "60") == (answer.status, answer.headers["Retry-After"])


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (415, "text/plain", b'{"token":"x"}'),
        (415, "application/x-www-form-urlencoded", b"token=x"),
        (400, "application/json", b"{"),
        (400, "application/json", b"\xff\xfe"),
        (400, "application/json", b'{"token":5}'),
        (400, "application/json", b'{"token":"x","more":1}'),
        (400, "application/json", b"[" * 10_000),
        (413, "application/json", b'{"token":"' + b"x" * 20_000 + b'"}'),
    ],
)
async def test_a_bad_body_is_refused_without_repeating_it(status: int, kind: str, body: bytes):
    """
    What was sent may be a token with a typing error.
    """
    async with (
        house() as it,
        browser(it, None) as session,
        session.post("/api/login", data=body, headers={"Content-Type": kind}) as answer,
    ):
        assert status == answer.status
        assert "xxx" not in await answer.text()


async def test_open_mode_needs_no_login_and_says_so():
    """
    For the demo on the loopback address: the page is told, and shows it.
    """
    async with house(access=Access(open_mode=True)) as it, browser(it, None) as session:
        async with session.get("/login", allow_redirects=False) as answer:
            assert "/" == answer.headers["Location"]
        async with session.get("/api/me") as answer:
            assert {"name": "local", "role": "operator", "open": True, "csrf": ""} == (
                await answer.json()
            )
        async with session.get("/", headers={"Host": "evil.example"}) as answer:
            assert 403 == answer.status


async def test_refusals_are_logged_once_a_minute(capsys: pytest.CaptureFixture[str]):
    """
    Whoever asks a thousand times does not fill the log.
    """
    async with house() as it, browser(it, None) as session:
        for _ in range(20):
            async with session.get("/api/me") as answer:
                assert 401 == answer.status

    assert 1 == capsys.readouterr().out.count("request refused")
    assert 20 == it.access.refused["no session"]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_asks_who_is_there(path: str):
    """
    The login leads back to it. And it is the page for who is logged in.
    """
    async with house(RoomView(room="a")) as it, browser(it, None) as session:
        async with session.get(path, allow_redirects=False) as answer:
            to = quote(path, safe="")
            assert (303, f"/login?to={to}") == (answer.status, answer.headers["Location"])
        async with session.post("/api/login", json={"token": TOKENS["viewer"]}) as answer:
            assert 200 == answer.status
        async with session.get(path) as answer:
            assert 200 == answer.status
            assert "<!doctype html>" in await answer.text()


async def test_comments_are_for_who_works_with_them():
    """
    A viewer's answer holds none; on the page the names are masked.
    """
    async with house(RoomView(room="a")) as it:
        it.desk.say("a", "几号链接")
        found = []
        for role in ("viewer", "operator"):
            async with browser(it, role) as session, session.get("/api/rooms/a") as answer:
                found.append(len((await answer.json())["detail"]["comments"]))
            async with browser(it, role) as session, session.get("/api/rooms/x") as answer:
                assert 404 == answer.status

    assert [0, 1] == found


async def test_history_can_be_searched():
    """
    What the summary says.
    """
    async with house(RoomView(room="a"), RoomView(room="b")) as it, browser(it) as session:
        it.desk.fire("a", "stock", summary="快售罄")
        it.desk.fire("b", "hook", summary="钩子太长")
        async with session.get("/api/history", params={"text": "钩子"}) as answer:
            assert ["b"] == [each["room"] for each in (await answer.json())["changes"]]


async def test_whoever_works_with_rules_is_told_why_one_fires_or_not():
    """
    A screen that shows no amounts is not told figures this way.
    """
    answers = []
    async with house() as it:
        for role, rule in (("operator", "a"), ("operator", "b"), ("viewer", "a")):
            async with (
                browser(it, role) as session,
                session.get("/api/explain", params={"rule": rule, "room": "r", "sku": "s"}) as told,
            ):
                answers.append((told.status, await told.json()))

    assert [200, 200, 403] == [status for status, _ in answers]
    assert ("r|s", ["online > 9 (online is 3)"], "") == (
        answers[0][1]["found"]["where"], answers[0][1]["found"]["missing"], answers[0][1]["wrong"],
    )  # fmt: skip
    assert (None, "unknown rule `b`") == (answers[1][1]["found"], answers[1][1]["wrong"])
