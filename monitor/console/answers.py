"""What every answer of the console carries: strict headers, and whether it may be kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NO_STORE = {**HEADERS, "Cache-Control": "no-store"}
FOR_EVER = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}


Door = Callable[[web.Request], Awaitable[web.StreamResponse]]


def as_json(value: Any, status: int = 200) -> web.Response:
    """Any value of ours as JSON that nobody keeps."""
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        headers={**NO_STORE, "Content-Type": "application/json"},
    )


def redirect(path: str) -> web.Response:
    """Go and get that page instead."""
    return web.Response(status=303, headers={**NO_STORE, "Location": path})
