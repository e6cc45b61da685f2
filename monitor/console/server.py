"""The console's doors: pages, files, JSON and the WebSocket, mounted on the daemon's app.

Every answer carries the same strict headers. What changes something is refused unless
the caller, the Origin and the CSRF header are right (access.py); bodies are JSON of at
most `BODY` bytes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
import structlog
from aiohttp import web
from msgspec import Struct

from monitor.clock import Clock
from monitor.console.access import Access, Caller, Refusal, Role, Ticket, Visit
from monitor.console.answers import FOR_EVER, NO_STORE, as_json, redirect
from monitor.console.assets import Assets
from monitor.console.desk import Desk
from monitor.console.feed import Feed

BODY = 16_384
HISTORY = 500  # changes in one answer at most

log = structlog.get_logger()
Body = TypeVar("Body")


class Login(Struct, forbid_unknown_fields=True):
    """The body of /api/login."""

    token: str


class Acknowledge(Struct, forbid_unknown_fields=True):
    """The body of /api/alerts/ack."""

    key: str
    episode: int


class _RefusedError(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def mount(app: web.Application, desk: Desk, access: Access, clock: Clock) -> Feed:
    """Add the console to the app and return its feed.

    The caller MUST run `Feed.run()` as a task and call `Feed.told(changes)` for every
    batch of changes. Screens are sent away when the app shuts down.
    """
    assets = Assets()
    feed = Feed(desk, access, clock, asset_version=assets.version)
    doors = _Doors(desk, access, clock, assets, feed)
    reads = {
        "/": doors.wall,
        "/login": doors.login_page,
        "/static/{version}/{name}": doors.static,
        "/ws": doors.live,
        "/api/me": doors.me,
        "/api/rooms": doors.rooms,
        "/api/alerts": doors.alerts,
        "/api/history": doors.history,
        "/api/health": doors.health,
    }
    changes = {
        "/api/alerts/ack": doors.acknowledge,
        "/api/login": doors.login,
        "/api/logout": doors.logout,
    }
    app.add_routes([web.get(path, doors.answered(door)) for path, door in reads.items()])
    app.add_routes([web.post(path, doors.answered(door)) for path, door in changes.items()])

    async def send_away(_: web.Application) -> None:
        await feed.aclose()

    app.on_shutdown.append(send_away)
    return feed


class _Doors:
    def __init__(
        self, desk: Desk, access: Access, clock: Clock, assets: Assets, feed: Feed
    ) -> None:
        self._desk = desk
        self._access = access
        self._clock = clock
        self._assets = assets
        self._feed = feed
        self._logged_at: dict[str, float] = {}

    def answered(
        self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The handler with refusals turned into answers."""

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except _RefusedError as error:
                refusal = error.refusal
                self._log_refusal(request, refusal)
                response = as_json({"error": refusal.reason}, status=refusal.status)
                if refusal.status == 429:
                    response.headers["Retry-After"] = "60"
                return response

        return handle

    def _log_refusal(self, request: web.Request, refusal: Refusal) -> None:
        # Once a minute for each reason, or whoever guesses fills the log; access.py counts them.
        now = self._clock.now()
        if now - self._logged_at.get(refusal.reason, float("-inf")) < 60.0:
            return
        self._logged_at[refusal.reason] = now
        log.info("request refused", path=request.path, address=request.remote, why=refusal.reason)

    async def wall(self, request: web.Request) -> web.StreamResponse:
        caller = self._access.who(_visit(request), self._clock.now())
        if isinstance(caller, Caller):
            return self._page("wall.html")
        if caller.status == 401:
            return redirect("/login")
        raise _RefusedError(caller)

    async def login_page(self, _: web.Request) -> web.StreamResponse:
        return redirect("/") if self._access.open_mode else self._page("login.html")

    async def static(self, request: web.Request) -> web.StreamResponse:
        asset = self._assets.file(request.match_info["version"], request.match_info["name"])
        if asset is None:
            raise _RefusedError(Refusal(404, "no such file"))
        return web.Response(body=asset.data, headers={**FOR_EVER, "Content-Type": asset.kind})

    async def live(self, request: web.Request) -> web.StreamResponse:
        caller = self._caller(request)
        refusal = self._access.why_not_connect(caller, _visit(request))
        if refusal:
            raise _RefusedError(refusal)
        full = self._feed.why_full()
        if full:
            self._feed.counts["turned_away"] += 1
            raise _RefusedError(Refusal(503, full))
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise _RefusedError(Refusal(426, "this address speaks WebSocket"))
        return await self._feed.welcome(request, caller)

    async def me(self, request: web.Request) -> web.StreamResponse:
        return as_json(_about(self._caller(request)))

    async def rooms(self, request: web.Request) -> web.StreamResponse:
        self._caller(request)
        return as_json({"at": self._desk.now(), "rooms": self._desk.rooms()})

    async def alerts(self, request: web.Request) -> web.StreamResponse:
        self._caller(request)
        return as_json({"at": self._desk.now(), "alerts": self._desk.alerts()})

    async def history(self, request: web.Request) -> web.StreamResponse:
        self._caller(request)
        asked = request.query.get("limit", "100")
        if not (
            asked.isascii() and asked.isdigit() and len(asked) < 4 and 0 < int(asked) <= HISTORY
        ):
            raise _RefusedError(Refusal(400, f"limit is a number from 1 to {HISTORY}"))
        return as_json({"changes": await self._desk.history(int(asked))})

    async def health(self, request: web.Request) -> web.StreamResponse:
        self._caller(request)
        return as_json(self._desk.health())

    async def acknowledge(self, request: web.Request) -> web.StreamResponse:
        caller = self._changer(request, "operator")
        body = await _read(request, Acknowledge)
        change = await self._desk.acknowledge(body.key, body.episode, caller.name)
        if change is None:
            raise _RefusedError(Refusal(404, "no such open alert"))
        return as_json({"change": change})

    async def login(self, request: web.Request) -> web.StreamResponse:
        body = await _read(request, Login)
        ticket = self._access.login(body.token, _visit(request), self._clock.now())
        if isinstance(ticket, Refusal):
            raise _RefusedError(ticket)
        log.info("logged in", name=ticket.caller.name, role=ticket.caller.role)
        response = as_json(_about(ticket.caller))
        _set_cookie(response, request, ticket)
        return response

    async def logout(self, request: web.Request) -> web.StreamResponse:
        caller = self._changer(request, "viewer")
        self._access.logout(caller)
        self._feed.end_sessions()
        response = as_json({})
        response.del_cookie(_cookie_name(request), path="/")
        return response

    def _caller(self, request: web.Request) -> Caller:
        caller = self._access.who(_visit(request), self._clock.now())
        if isinstance(caller, Refusal):
            raise _RefusedError(caller)
        return caller

    def _changer(self, request: web.Request, role: Role) -> Caller:
        caller = self._caller(request)
        refusal = self._access.why_not_change(caller, _visit(request), role)
        if refusal:
            raise _RefusedError(refusal)
        return caller

    def _page(self, name: str) -> web.Response:
        return web.Response(
            body=self._assets.page(name),
            headers={**NO_STORE, "Content-Type": "text/html; charset=utf-8"},
        )


def _visit(request: web.Request) -> Visit:
    authorization = request.headers.get("Authorization", "")
    bearer = authorization[7:].strip() if authorization[:7].lower() == "bearer " else None
    return Visit(
        address=request.remote or "",
        host=request.host,
        origin=request.headers.get("Origin"),
        fetch_site=request.headers.get("Sec-Fetch-Site"),
        bearer=bearer,
        cookie=request.cookies.get("__Host-sid") or request.cookies.get("sid"),
        csrf=request.headers.get("X-CSRF"),
    )


def _about(caller: Caller) -> dict[str, Any]:
    return {
        "name": caller.name,
        "role": caller.role,
        "open": caller.via == "open",
        "csrf": caller.csrf,
    }


async def _read(request: web.Request, kind: type[Body]) -> Body:
    if request.content_type != "application/json":
        raise _RefusedError(Refusal(415, "the body is application/json"))
    data = b""
    async for part in request.content.iter_chunked(BODY):
        data += part
        if len(data) > BODY:
            raise _RefusedError(Refusal(413, f"a body has at most {BODY} bytes"))
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeError):  # its words may hold what was sent: a token
        raise _RefusedError(Refusal(400, f"the body is not a {kind.__name__}")) from None


def _cookie_name(request: web.Request) -> str:
    return "__Host-sid" if _secure(request) else "sid"


def _secure(request: web.Request) -> bool:
    # Behind a proxy the scheme is seen only here; access.py has checked that it is ours.
    return request.headers.get("Origin", "").startswith("https:")


def _set_cookie(response: web.Response, request: web.Request, ticket: Ticket) -> None:
    response.set_cookie(
        _cookie_name(request),
        ticket.sid,
        max_age=int(ticket.keep_s),
        httponly=True,
        secure=_secure(request),
        samesite="Strict",
        path="/",
    )
