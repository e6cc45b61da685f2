"""Whom a request comes from and what it may do; its body, read within bounds.

Every door asks here first. What is refused leaves as a RefusedError and becomes an answer
in server.py.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from aiohttp import web

from monitor.clock import Clock
from monitor.console.access import Access, Caller, Refusal, Visit
from monitor.console.person import Role

BODY = 16_384
Body = TypeVar("Body")


class RefusedError(Exception):
    """A request that is answered with a status and words."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.refusal = Refusal(status, reason)


class Gate:
    """Tells who is there, or raises RefusedError."""

    def __init__(self, access: Access, clock: Clock) -> None:
        self.access = access
        self.clock = clock

    def who(self, request: web.Request) -> Caller | Refusal:
        return self.access.who(visit(request), self.clock.now())

    def caller(self, request: web.Request) -> Caller:
        """Who asks to see something."""
        return _or_raise(self.who(request))

    def housekeeper(self, request: web.Request) -> Caller:
        """Who asks to see what is about the house as a whole."""
        caller = self.caller(request)
        if not caller.scope.whole:
            raise RefusedError(403, "this token shows a part of the house only")
        return caller

    def admin(self, request: web.Request) -> Caller:
        """Who asks to see who is logged in."""
        caller = self.caller(request)
        if caller.role != "admin":
            raise RefusedError(403, "needs the role admin")
        return caller

    def changer(self, request: web.Request, role: Role) -> Caller:
        """Who asks to change something that needs `role`."""
        caller = self.caller(request)
        refusal = self.access.why_not_change(caller, visit(request), role)
        if refusal:
            raise RefusedError(refusal.status, refusal.reason)
        return caller


def _or_raise(found: Caller | Refusal) -> Caller:
    if isinstance(found, Refusal):
        raise RefusedError(found.status, found.reason)
    return found


def visit(request: web.Request) -> Visit:
    """What a request says of itself."""
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


def about(caller: Caller) -> dict[str, Any]:
    """What a page is told of whoever looks at it."""
    return {
        "name": caller.name,
        "role": caller.role,
        "open": caller.via == "open",
        "csrf": caller.csrf,
    }


async def read(request: web.Request, kind: type[Body]) -> Body:
    """The body as a `kind`."""
    if request.content_type != "application/json":
        raise RefusedError(415, "the body is application/json")
    data = b""
    async for part in request.content.iter_chunked(BODY):
        data += part
        if len(data) > BODY:
            raise RefusedError(413, f"a body has at most {BODY} bytes")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeError):  # its words may hold what was sent: a token
        raise RefusedError(400, f"the body is not a {kind.__name__}") from None


def limit(request: web.Request, usual: int, most: int) -> int:
    """How many of something are asked for."""
    asked = request.query.get("limit", str(usual))
    if not (asked.isascii() and asked.isdigit() and len(asked) < 5 and 0 < int(asked) <= most):
        raise RefusedError(400, f"limit is a number from 1 to {most}")
    return int(asked)
