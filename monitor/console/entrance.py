"""Coming and going: a token becomes a session in a cookie that no script can read.

The token itself is kept nowhere, and leaves the address bar at once where a link held it.
"""

from __future__ import annotations

from urllib.parse import urlencode

import structlog
from aiohttp import web
from msgspec import Struct

from monitor.clock import Clock
from monitor.console.access import Access, Refusal, Ticket
from monitor.console.answers import as_json, redirect
from monitor.console.desk import Desk
from monitor.console.feed import Feed
from monitor.console.gate import Gate, RefusedError, about, read, visit

log = structlog.get_logger()

# what the address of a display link may say of the wall that it leads to
WALL = (
    "platform", "tier", "q", "abnormal", "density", "page", "rotate", "lang", "delta", "theme",
    "critical",
)  # fmt: skip


class Login(Struct, forbid_unknown_fields=True):
    """The body of /api/login."""

    token: str


class Revoke(Struct, forbid_unknown_fields=True):
    """The body of /api/sessions/end; `id` as /api/sessions names it."""

    id: str


class Entrance:
    """The doors that begin and end a session."""

    def __init__(self, access: Access, gate: Gate, clock: Clock, feed: Feed, desk: Desk) -> None:
        self._access = access
        self._gate = gate
        self._clock = clock
        self._feed = feed
        self._desk = desk

    async def display(self, request: web.Request) -> web.StreamResponse:
        """A link for a screen without a keyboard: its token becomes a session, and leaves
        the address bar. Only a viewer's token works, so a link that leaks can change nothing."""
        ticket = self._access.display(
            request.match_info["token"], visit(request), self._clock.now()
        )
        if isinstance(ticket, Refusal):
            raise RefusedError(ticket.status, ticket.reason)
        log.info("display logged in", name=ticket.caller.name)
        chosen = {name: request.query[name] for name in WALL if name in request.query}
        response = redirect("&".join(["/?kiosk", urlencode(chosen)]) if chosen else "/?kiosk")
        _set_cookie(response, request, ticket)
        return response

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
        caller = self._gate.changer(request, "viewer")
        self._access.logout(caller)
        self._feed.end_sessions()
        response = as_json({})
        response.del_cookie(_cookie_name(request), path="/")
        return response

    async def sessions(self, request: web.Request) -> web.StreamResponse:
        """Who is logged in, and from where."""
        caller, now = self._gate.admin(request), self._clock.now()
        return as_json({"at": now, "sessions": self._access.sessions(caller, now)})

    async def revoke(self, request: web.Request) -> web.StreamResponse:
        """Whoever it is sees the login at once, on every page that is open."""
        caller = self._gate.changer(request, "admin")
        whose = self._access.revoke((await read(request, Revoke)).id)
        if whose is None:
            raise RefusedError(404, "no such session")
        self._feed.end_sessions()
        self._desk.note(caller.name, "revoked", whose)
        log.info("session revoked", of=whose, by=caller.name)
        return as_json({})


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
