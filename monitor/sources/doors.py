"""The doors tools come to, as routes of the daemon's one web application.

    GET  /ingest          a WebSocket                     → websocket_server
    POST /ingest          events, an array or JSON lines  → webhook
    POST /hooks/<source>  a platform's own push           → that webhook

The token chooses the source. A source without one is reached only when it is the
only one of its kind and the doors are open (a demo on loopback); a browser's page
of elsewhere is then kept out by its Origin. Ten wrong tokens a minute from one
address close the doors to it.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from monitor.clock import Clock
from monitor.sources.webhook import Webhook, problem
from monitor.sources.websocket_server import WebsocketServer

Leaf = WebsocketServer | Webhook
L = TypeVar("L", WebsocketServer, Webhook)


class Failures:
    """Counts wrong tokens by address: `most` in `span_s` seconds, then no more are looked at.

    At most `addresses` are remembered; the one heard of longest ago is forgotten first.
    IPv6 addresses count by their /64, which is what one machine owns.
    """

    def __init__(
        self, clock: Clock, most: int = 10, span_s: float = 60.0, addresses: int = 4096
    ) -> None:
        self._clock = clock
        self._most = most
        self._span_s = span_s
        self._addresses = addresses
        self._at: OrderedDict[str, deque[float]] = OrderedDict()

    def add(self, address: str | None) -> None:
        key = _network(address)
        times = self._at.setdefault(key, deque(maxlen=self._most))
        times.append(self._clock.now())
        self._at.move_to_end(key)
        if len(self._at) > self._addresses:
            self._at.popitem(last=False)

    def wait_s(self, address: str | None) -> float:
        """Seconds until this address may try again; 0 when it may."""
        times = self._at.get(_network(address))
        if times is None or len(times) < self._most:
            return 0.0
        return max(0.0, times[0] + self._span_s - self._clock.now())


class Doors:
    """Lets peers in to the sources given; `replace` changes them while the daemon runs."""

    def __init__(self, leaves: Iterable[Leaf], clock: Clock, *, open: bool = False) -> None:  # noqa: A002  # the word on the door
        self._leaves = tuple(leaves)
        self._open = open
        self._failures = Failures(clock)

    def routes(self) -> list[web.RouteDef]:
        """Add these to the application."""
        return [
            web.get("/ingest", self._websocket, allow_head=False),
            web.post("/ingest", self._post),
            web.post("/hooks/{source}", self._hook),
        ]

    def replace(self, leaves: Iterable[Leaf]) -> None:
        self._leaves = tuple(leaves)

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        server, refusal = self._admit(request, WebsocketServer)
        if server is None:
            return refusal
        if not web.WebSocketResponse().can_prepare(request):
            return problem(426, "this is a WebSocket; to send over HTTP, POST")
        return await server.serve(request)

    async def _post(self, request: web.Request) -> web.StreamResponse:
        webhook, refusal = self._admit(request, Webhook)
        return refusal if webhook is None else await webhook.serve(request)

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        webhook, refusal = self._admit(request, Webhook, request.match_info["source"])
        return refusal if webhook is None else await webhook.serve(request)

    def _admit(
        self, request: web.Request, kind: type[L], name: str | None = None
    ) -> tuple[L | None, web.Response]:
        """The source this request may speak to, else None and the refusal."""
        wait_s = self._failures.wait_s(request.remote)
        leaves = [leaf for leaf in self._leaves if isinstance(leaf, kind)]
        if wait_s > 0:
            self._turn_away(leaves)
            headers = {"Retry-After": str(math.ceil(wait_s))}
            return None, problem(429, "too many wrong tokens", headers)
        given = _bearer(request)
        holders = [leaf for leaf in self._leaves if _holds(leaf, given)]  # all of them looked at
        for leaf in leaves:
            if leaf in holders and name in (None, leaf.name):
                return leaf, _OPEN
        if holders:
            self._turn_away(leaves)
            return None, problem(403, "this token is another source's")
        if self._open and len(leaves) == 1 and leaves[0].token is None:
            if name not in (None, leaves[0].name):
                return None, problem(404, "no such source")
            if _is_foreign(request, leaves[0].origins):
                self._turn_away(leaves)
                return None, problem(403, "this page's origin may not send here")
            return leaves[0], _OPEN
        self._failures.add(request.remote)
        self._turn_away(leaves)
        headers = {"WWW-Authenticate": "Bearer"}
        return None, problem(401, "send `Authorization: Bearer <token>` of a source", headers)

    def _turn_away(self, leaves: list[L]) -> None:
        """A request nobody could place is told by each source it may have meant."""
        for leaf in leaves:
            leaf.health.refused += 1


_OPEN = web.Response()  # never sent: stands where no refusal is


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _holds(leaf: Leaf, given: str) -> bool:
    return leaf.token is not None and bool(given) and leaf.token.matches(given)


def _is_foreign(request: web.Request, origins: tuple[str, ...]) -> bool:
    """Whether a browser's page of elsewhere asks; tools send no Origin.

    A page may also reach us under a name of its own that points here, so a
    page's host is ours only if it is a bare address or localhost.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin in origins:
        return False
    try:
        there = urlsplit(origin)
        host = there.hostname or ""
    except ValueError:
        return True
    if there.netloc != request.host:
        return True
    return host != "localhost" and _address(host) is None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _network(address: str | None) -> str:
    parsed = _address(address or "")
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address or "?"
