"""The console's doors: pages, files, JSON and the WebSocket, mounted on the daemon's app.

Every answer carries the same strict headers. What changes something (acts.py) is refused
unless the caller, the Origin and the CSRF header are right (access.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from msgspec import Struct

from monitor.clock import Clock
from monitor.console.access import Access, Caller, Refusal, Ticket
from monitor.console.acts import Acts
from monitor.console.answers import FOR_EVER, NO_STORE, as_json, redirect
from monitor.console.assets import Assets
from monitor.console.desk import Desk
from monitor.console.feed import Feed
from monitor.console.gate import Gate, RefusedError, about, limit, read, visit
from monitor.console.openapi import document

HISTORY = 500  # changes in one answer at most
PAGES = {  # what is looked at, and the page that shows it
    "/": "wall.html",
    "/rooms/{room}": "room.html",
    "/rooms/{room}/prompter": "prompter.html",
    "/alerts": "alerts.html",
    "/health": "health.html",
}

log = structlog.get_logger()
Door = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Login(Struct, forbid_unknown_fields=True):
    """The body of /api/login."""

    token: str


def mount(
    app: web.Application,
    desk: Desk,
    access: Access,
    clock: Clock,
    assets: Assets | None = None,
) -> Feed:
    """Add the console to the app and return its feed.

    The caller MUST run `Feed.run()` as a task and call `Feed.told(changes)` for every
    batch of changes. Screens are sent away when the app shuts down.
    """
    assets = assets or Assets()
    feed = Feed(desk, access, clock, asset_version=assets.version)
    doors = _Doors(desk, access, clock, assets, feed)
    reads = {
        **{path: doors.page(name) for path, name in PAGES.items()},
        "/login": doors.login_page,
        "/d/{token}": doors.display,
        "/static/{version}/{name}": doors.static,
        "/ws": doors.live,
        "/api/openapi.json": doors.openapi,
        "/api/me": doors.me,
        "/api/rooms": doors.rooms,
        "/api/rooms/{room}": doors.room,
        "/api/alerts": doors.alerts,
        "/api/history": doors.history,
        "/api/health": doors.health,
        "/api/mutes": doors.mutes,
        "/api/deeds": doors.deeds,
        "/api/dead": doors.dead,
    }
    acts = Acts(desk, doors.gate)
    changes = {
        "/api/alerts/ack": acts.acknowledge,
        "/api/rooms/cue": acts.cue,
        "/api/rooms/mark": acts.mark,
        "/api/mutes": acts.mute,
        "/api/mutes/end": acts.unmute,
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
        self.gate = Gate(access, clock)
        self._desk = desk
        self._access = access
        self._clock = clock
        self._assets = assets
        self._feed = feed
        self._logged_at: dict[str, float] = {}

    def answered(self, handler: Door) -> Door:
        """The handler with refusals turned into answers."""

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except RefusedError as error:
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
        path = "/d/…" if request.path.startswith("/d/") else request.path  # it holds a token
        log.info("request refused", path=path, address=request.remote, why=refusal.reason)

    # ── pages ─────────────────────────────────────────────────────────────────

    def page(self, name: str) -> Door:
        """A page for who is logged in; the others are led to the login."""

        async def show(request: web.Request) -> web.StreamResponse:
            caller = self.gate.who(request)
            if isinstance(caller, Caller):
                return self._page(name)
            if caller.status == 401:
                return redirect("/login")
            raise RefusedError(caller.status, caller.reason)

        return show

    async def login_page(self, _: web.Request) -> web.StreamResponse:
        return redirect("/") if self._access.open_mode else self._page("login.html")

    async def display(self, request: web.Request) -> web.StreamResponse:
        """A link for a screen without a keyboard: its token becomes a session, and leaves
        the address bar. Only a viewer's token works, so a link that leaks can change nothing."""
        ticket = self._access.display(
            request.match_info["token"], visit(request), self._clock.now()
        )
        if isinstance(ticket, Refusal):
            raise RefusedError(ticket.status, ticket.reason)
        log.info("display logged in", name=ticket.caller.name)
        response = redirect("/?kiosk")
        _set_cookie(response, request, ticket)
        return response

    def _page(self, name: str) -> web.Response:
        return web.Response(
            body=self._assets.page(name),
            headers={**NO_STORE, "Content-Type": "text/html; charset=utf-8"},
        )

    async def static(self, request: web.Request) -> web.StreamResponse:
        asset = self._assets.file(request.match_info["version"], request.match_info["name"])
        if asset is None:
            raise RefusedError(404, "no such file")
        return web.Response(body=asset.data, headers={**FOR_EVER, "Content-Type": asset.kind})

    # ── what is read ──────────────────────────────────────────────────────────

    async def live(self, request: web.Request) -> web.StreamResponse:
        caller = self.gate.caller(request)
        refusal = self._access.why_not_connect(caller, visit(request))
        if refusal:
            raise RefusedError(refusal.status, refusal.reason)
        full = self._feed.why_full()
        if full:
            self._feed.counts["turned_away"] += 1
            raise RefusedError(503, full)
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise RefusedError(426, "this address speaks WebSocket")
        return await self._feed.welcome(request, caller)

    async def openapi(self, request: web.Request) -> web.StreamResponse:
        self.gate.caller(request)
        return as_json(document())

    async def me(self, request: web.Request) -> web.StreamResponse:
        return as_json(about(self.gate.caller(request)))

    async def rooms(self, request: web.Request) -> web.StreamResponse:
        self.gate.caller(request)
        return as_json({"at": self._desk.now(), "rooms": self._desk.rooms()})

    async def room(self, request: web.Request) -> web.StreamResponse:
        caller = self.gate.caller(request)
        found = self._desk.detail(request.match_info["room"])
        if found is None:
            raise RefusedError(404, "no such room")
        if caller.role == "viewer":
            found.comments = []  # names and words of people are for who works with them
        return as_json({"at": self._desk.now(), "detail": found})

    async def alerts(self, request: web.Request) -> web.StreamResponse:
        self.gate.caller(request)
        return as_json({"at": self._desk.now(), "alerts": self._desk.alerts()})

    async def history(self, request: web.Request) -> web.StreamResponse:
        self.gate.caller(request)
        text = request.query.get("text", "")[:100]
        changes = await self._desk.history(limit(request, 100, HISTORY), text)
        return as_json({"changes": changes})

    async def health(self, request: web.Request) -> web.StreamResponse:
        self.gate.caller(request)
        feed = {"screens": self._feed.screens, **self._feed.counts}
        return as_json({**self._desk.health(), "screens": feed})

    async def mutes(self, request: web.Request) -> web.StreamResponse:
        self.gate.caller(request)
        return as_json({"at": self._desk.now(), "mutes": self._desk.mutes()})

    async def deeds(self, request: web.Request) -> web.StreamResponse:
        self.gate.caller(request)
        return as_json({"deeds": await self._desk.deeds(limit(request, 100, HISTORY))})

    async def dead(self, request: web.Request) -> web.StreamResponse:
        self.gate.caller(request)
        found = await self._desk.dead(limit(request, 50, HISTORY))
        return as_json({"dead": [{"notice": notice, "reason": why} for notice, why in found]})

    # ── sessions ──────────────────────────────────────────────────────────────

    async def login(self, request: web.Request) -> web.StreamResponse:
        body = await read(request, Login)
        ticket = self._access.login(body.token, visit(request), self._clock.now())
        if isinstance(ticket, Refusal):
            raise RefusedError(ticket.status, ticket.reason)
        log.info("logged in", name=ticket.caller.name, role=ticket.caller.role)
        response = as_json(about(ticket.caller))
        _set_cookie(response, request, ticket)
        return response

    async def logout(self, request: web.Request) -> web.StreamResponse:
        caller = self.gate.changer(request, "viewer")
        self._access.logout(caller)
        self._feed.end_sessions()
        response = as_json({})
        response.del_cookie(_cookie_name(request), path="/")
        return response


def _cookie_name(request: web.Request) -> str:
    return "__Host-sid" if _secure(request) else "sid"


def _secure(request: web.Request) -> bool:
    # Behind a proxy the scheme is seen only here; access.py has checked that it is ours.
    # A link that is opened has no Origin.
    return request.secure or request.headers.get("Origin", "").startswith("https:")


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
