"""The console's doors: pages, files, JSON and the WebSocket, mounted on the daemon's app.

Every answer carries the same strict headers. What changes something (acts.py) is refused
unless the caller, the Origin and the CSRF header are right (access.py).
"""

from __future__ import annotations

from urllib.parse import quote

import structlog
from aiohttp import web
from msgspec import Struct

from monitor.clock import Clock
from monitor.console.access import Access, Caller, Refusal
from monitor.console.acts import Acts
from monitor.console.answers import FOR_EVER, NO_STORE, Door, as_json, redirect
from monitor.console.assets import Assets
from monitor.console.desk import Desk
from monitor.console.entrance import Entrance
from monitor.console.feed import Feed
from monitor.console.gate import Gate, RefusedError, about, limit, visit
from monitor.console.openapi import document
from monitor.console.replays.deck import Deck, Kitchen
from monitor.console.replays.doors import ReplayDoors

HISTORY = 500  # changes in one answer at most
PAGES = {  # what is looked at, and the page that shows it
    "/": "wall.html",
    "/rooms/{room}": "room.html",
    "/rooms/{room}/prompter": "prompter.html",
    "/alerts": "alerts.html",
    "/health": "health.html",
    "/replay": "replay.html",
    "/sessions": "sessions.html",
}

log = structlog.get_logger()


class Console(Struct, frozen=True):
    """What was mounted."""

    feed: Feed
    deck: Deck


def mount(
    app: web.Application,
    desk: Desk,
    access: Access,
    clock: Clock,
    assets: Assets | None = None,
    kitchen: Kitchen | None = None,
) -> Console:
    """Add the console to the app.

    The caller MUST run `Feed.run()` and `Deck.run()` as tasks and call `Feed.told(changes)`
    for every batch of changes. Screens are sent away, and replays end, when the app shuts down.
    """
    assets = assets or Assets()
    version = assets.version
    feed = Feed(desk, access, clock, asset_version=version)
    deck = Deck(kitchen or Kitchen(), access, clock, asset_version=version, timezone=desk.timezone)
    doors = _Doors(desk, access, clock, assets, feed, deck)
    acts = Acts(desk, doors.gate, feed)
    entrance = Entrance(access, doors.gate, clock, feed, desk)
    replays = ReplayDoors(deck, doors.gate)
    reads = {
        **{path: doors.page(name) for path, name in PAGES.items()},
        "/login": doors.login_page,
        "/d/{token}": entrance.display,
        "/static/{version}/{name}": doors.static,
        "/ws": doors.live,
        "/api/openapi.json": doors.openapi,
        "/api/me": doors.me,
        "/api/rooms": doors.rooms,
        "/api/rooms/{room}": doors.room,
        "/api/alerts": doors.alerts,
        "/api/explain": doors.explain,
        "/api/history": doors.history,
        "/api/health": doors.health,
        "/api/mutes": doors.mutes,
        "/api/deeds": doors.deeds,
        "/api/oncall": doors.on_call,
        "/api/dead": doors.dead,
        "/api/sessions": entrance.sessions,
        **replays.reads(),
    }
    changes = {
        **acts.changes(),
        **replays.changes(),
        "/api/login": entrance.login,
        "/api/logout": entrance.logout,
        "/api/sessions/end": entrance.revoke,
    }
    app.add_routes([web.get(path, doors.answered(door)) for path, door in reads.items()])
    app.add_routes([web.post(path, doors.answered(door)) for path, door in changes.items()])

    async def send_away(_: web.Application) -> None:
        await feed.aclose()
        await deck.aclose()

    app.on_shutdown.append(send_away)
    return Console(feed, deck)


class _Doors:
    def __init__(
        self,
        desk: Desk,
        access: Access,
        clock: Clock,
        assets: Assets,
        feed: Feed,
        deck: Deck,
    ) -> None:
        self.gate = Gate(access, clock)
        self._desk = desk
        self._access = access
        self._clock = clock
        self._assets = assets
        self._feed = feed
        self._deck = deck
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
                back = quote(request.path_qs, safe="")
                return redirect("/login" if back == quote("/", safe="") else f"/login?to={back}")
            raise RefusedError(caller.status, caller.reason)

        return show

    async def login_page(self, _: web.Request) -> web.StreamResponse:
        return redirect("/") if self._access.open_mode else self._page("login.html")

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
        feed = self._feed_of(request, caller)
        full = feed.why_full()
        if full:
            feed.counts["turned_away"] += 1
            raise RefusedError(503, full)
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise RefusedError(426, "this address speaks WebSocket")
        return await feed.welcome(request, caller)

    def _feed_of(self, request: web.Request, caller: Caller) -> Feed:
        """What is live, or the replay that is asked for."""
        if "replay" not in request.query:
            return self._feed
        if not caller.scope.whole:  # it tells which rooms there are
            raise RefusedError(403, "this token shows a part of the house only")
        replaying = self._deck.find(request.query["replay"])
        if replaying is None:
            raise RefusedError(404, "no such replay")
        return replaying.feed

    async def openapi(self, request: web.Request) -> web.StreamResponse:
        self.gate.caller(request)
        return as_json(document())

    async def me(self, request: web.Request) -> web.StreamResponse:
        return as_json(about(self.gate.caller(request)))

    async def rooms(self, request: web.Request) -> web.StreamResponse:
        scope = self.gate.caller(request).scope
        return as_json({"at": self._desk.now(), "rooms": scope.views(self._desk.rooms())})

    async def room(self, request: web.Request) -> web.StreamResponse:
        scope, room = self.gate.caller(request).scope, request.match_info["room"]
        found = await self._desk.look(room) if scope.sees(room) else None
        if found is None:
            raise RefusedError(404, "no such room")
        if not scope.nick:
            found.comments = []  # names and words of people are for who works with them
        return as_json({"at": self._desk.now(), "detail": scope.detail(found)})

    async def alerts(self, request: web.Request) -> web.StreamResponse:
        scope = self.gate.caller(request).scope
        return as_json({"at": self._desk.now(), "alerts": scope.alerts(self._desk.alerts())})

    async def explain(self, request: web.Request) -> web.StreamResponse:
        """For who works with rules: it tells figures that some screens do not show."""
        if self.gate.caller(request).role == "viewer":
            raise RefusedError(403, "needs the role operator")
        asked = request.query
        rule, room, sku = asked.get("rule", ""), asked.get("room", ""), asked.get("sku")
        found = await self._desk.explain(rule, room, sku)
        told = {"found": None, "wrong": found} if isinstance(found, str) else {"found": found}
        return as_json({"at": self._desk.now(), "wrong": "", **told})

    async def history(self, request: web.Request) -> web.StreamResponse:
        scope = self.gate.caller(request).scope
        text = request.query.get("text", "")[:100]
        changes = await self._desk.history(limit(request, 100, HISTORY), text)
        return as_json({"changes": scope.changes(changes)})

    async def health(self, request: web.Request) -> web.StreamResponse:
        self.gate.housekeeper(request)
        feed = {"screens": self._feed.screens, **self._feed.counts}
        return as_json({**self._desk.health(), "screens": feed})

    async def mutes(self, request: web.Request) -> web.StreamResponse:
        self.gate.housekeeper(request)
        return as_json({"at": self._desk.now(), "mutes": self._desk.mutes()})

    async def on_call(self, request: web.Request) -> web.StreamResponse:
        self.gate.housekeeper(request)
        shifts, escalations = self._desk.on_call()
        return as_json({"at": self._desk.now(), "shifts": shifts, "escalations": escalations})

    async def deeds(self, request: web.Request) -> web.StreamResponse:
        self.gate.housekeeper(request)
        return as_json({"deeds": await self._desk.deeds(limit(request, 100, HISTORY))})

    async def dead(self, request: web.Request) -> web.StreamResponse:
        self.gate.housekeeper(request)
        found = await self._desk.dead(limit(request, 50, HISTORY))
        return as_json({"dead": [{"notice": notice, "reason": why} for notice, why in found]})
