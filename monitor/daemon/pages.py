"""The daemon's one web application: pages, doors of sources, health; and where it listens.

    proxy ─ whose address it really is ─ gate ─ pages · /ingest · /hooks · /healthz …

While the daemon stops, the gate answers new posts with 503: what is taken is applied.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import ssl
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import web

from monitor.clock import Clock
from monitor.config.http import HttpSettings
from monitor.console.access import Access
from monitor.console.desk import Desk
from monitor.console.person import Person
from monitor.console.replays.deck import Kitchen
from monitor.console.server import mount
from monitor.errors import ConfigError
from monitor.health import Health
from monitor.sources.doors import Doors

log = structlog.get_logger()

LARGEST_BODY = 1024 * 1024
IDLE_S = 75.0  # for a connection that asks for nothing, or never finishes asking
GOODBYE_S = 1.0  # for connections that do not leave by themselves

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Pages:
    """Serves until `aclose`. `url` is known once `listen` returned."""

    def __init__(
        self,
        settings: HttpSettings,
        people: Sequence[Person],
        desk: Desk,
        doors: Doors,
        health: Health,
        clock: Clock,
        kitchen: Kitchen | None = None,
        keep: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        self.url = ""
        self._settings = settings
        self._people = people
        self._proxies = [ipaddress.ip_network(each) for each in settings.trusted_proxies]
        self._shut = False
        self._posts = 0  # posts of facts under way
        self._quiet = asyncio.Event()
        self._quiet.set()
        app = web.Application(
            client_max_size=LARGEST_BODY,
            middlewares=[self._unproxied, self._gate],
        )
        self._clock = clock
        self._keep = keep
        self.access = Access(people, open_mode=not people, keep=keep)
        console = mount(app, desk, self.access, clock, kitchen=kitchen)
        self.feed = console.feed
        self.deck = console.deck
        app.add_routes(doors.routes())
        app.add_routes(health.routes())
        if settings.frame_hosts:
            app.on_response_prepare.append(self._let_frame)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=GOODBYE_S,
            keepalive_timeout=IDLE_S,
        )

    async def listen(self) -> None:
        """Raises ConfigError where the address or the certificate can not be used."""
        settings = self._settings
        host, port = settings.address
        tls = _tls(settings)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, ssl_context=tls)
        try:
            await site.start()
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            raise ConfigError(
                f"can not listen on {settings.listen}: {why}"
                " — stop what listens there, or write another address into [http] listen"
            ) from None
        host, port = self._runner.addresses[0][:2]
        shown = f"[{host}]" if ":" in host else host
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://{shown}:{port}"
        self._own = {self.url}
        if settings.loopback:
            self._own.add(f"{scheme}://localhost:{port}")
        elif ipaddress.ip_address(host).is_unspecified and not settings.public_url:
            log.warning("browsers are refused until [http] public_url says how they reach it")
        self.replace(self._people, settings.public_url)

    def replace(self, people: Sequence[Person], public_url: str) -> None:
        """Let these people in from now on; those who are gone are sent away."""
        self.access.replace(people, [*self._own, *([public_url] if public_url else [])])
        # nobody at all is left by a config that is `open`; others are let in by token only
        self.access.open_mode = not people and self._settings.loopback

    async def shut_doors(self, within_s: float) -> None:
        """Take no more facts; wait for the posts that are under way."""
        self._shut = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._quiet.wait()

    async def aclose(self) -> None:
        self.keep_sessions()
        await self._runner.cleanup()

    def take_up(self, sessions: bytes | None) -> None:
        """Go on with the sessions that were kept, if any were."""
        if sessions is not None:
            self.access.take_up(sessions, self._clock.now())

    def keep_sessions(self) -> None:
        """Have them written down: a display in a hall has nobody to log it in again."""
        self._keep(self.access.saved())

    # ── what every request passes ─────────────────────────────────────────────

    async def _let_frame(self, _: web.Request, response: web.StreamResponse) -> None:
        """Pages of these hosts may show ours within theirs: a large screen, a stream's scene."""
        policy = response.headers.get("Content-Security-Policy", "")
        hosts = " ".join(self._settings.frame_hosts)
        if policy:
            response.headers["Content-Security-Policy"] = policy.replace(
                "frame-ancestors 'none'", f"frame-ancestors {hosts}"
            )
            response.headers.pop("X-Frame-Options", None)

    @web.middleware
    async def _unproxied(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Behind a proxy that is trusted, address and scheme of a request are what it says."""
        if self._proxies and self._trusted(request.remote):
            if request.headers.get("X-Forwarded-Proto", "").strip().lower() == "https":
                request = request.clone(scheme="https")
            for address in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
                if not self._trusted(address.strip()):
                    with contextlib.suppress(ValueError):
                        real = str(ipaddress.ip_address(address.strip()))
                        request = request.clone(remote=real)
                    break
        return await handler(request)

    def _trusted(self, text: str | None) -> bool:
        try:
            address = ipaddress.ip_address(text or "")
        except ValueError:
            return False
        return any(address in network for network in self._proxies)

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path != "/ingest" and not request.path.startswith("/hooks/"):
            return await handler(request)
        if self._shut:
            headers = {"Retry-After": "5", "Connection": "close"}
            return web.json_response({"error": "stopping; try again"}, status=503, headers=headers)
        if request.method != "POST":
            return await handler(request)
        self._posts += 1
        self._quiet.clear()
        try:
            return await handler(request)
        finally:
            self._posts -= 1
            if not self._posts:
                self._quiet.set()


def _tls(settings: HttpSettings) -> ssl.SSLContext | None:
    if not settings.tls_cert:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (OSError, ValueError) as error:  # ssl's own error is an OSError
        why = getattr(error, "strerror", None) or "not a certificate with its key"
        raise ConfigError(
            f"[http] tls_cert and tls_key can not be used: {why} — write two PEM files"
        ) from None
    return context
