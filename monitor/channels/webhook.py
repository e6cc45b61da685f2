"""A generic webhook: POSTs the notice as JSON, signed if a secret is given.

    Idempotency-Key        the notice's id, percent-encoded: the same one again is a repetition
    X-Roomwatch-Timestamp  epoch seconds
    X-Roomwatch-Signature  v1=HMAC-SHA256(secret, "{timestamp}.{body}"), in hex

It connects to public addresses over https only; `allow_hosts` names those inside that
may be reached, also over http. Redirects are not followed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from monitor.alerts.alert import Notice
from monitor.channels.addresses import PublicResolver, literal, why_forbidden
from monitor.channels.channel import Limits
from monitor.channels.posting import post, refuse
from monitor.channels.render import Language, Style, render
from monitor.clock import Clock
from monitor.errors import ConfigError
from monitor.secrets import Secret, resolve

Encode = Callable[[Notice, Style], bytes]


class WebhookSettings(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="webhook"
):
    """The URL may hold a token, so it is a secret too; `secret` signs what is sent."""

    name: str
    url: str = ""
    url_file: str = ""
    url_env: str = ""
    url_credential: str = ""
    secret: str = ""
    secret_file: str = ""
    secret_env: str = ""
    secret_credential: str = ""
    allow_hosts: tuple[str, ...] = ()
    per_minute: float = 300.0
    burst: int = 50
    language: Language = "zh"
    utc_offset_h: float = 8.0
    timeout_s: float = 10.0
    fallback: str = ""


def make(
    settings: WebhookSettings,
    clock: Clock,
    *,
    encode: Encode | None = None,
    content_type: str = "application/json",
) -> WebhookChannel:
    """Raises ConfigError for a URL that is missing, not https, or points inside."""
    url = resolve(
        "url",
        plain=settings.url,
        file=settings.url_file,
        env=settings.url_env,
        credential=settings.url_credential,
    )
    if url is None:
        raise ConfigError(f"channel {settings.name}: no url — write url, url_file or url_env")
    secret = resolve(
        "secret",
        plain=settings.secret,
        file=settings.secret_file,
        env=settings.secret_env,
        credential=settings.secret_credential,
    )
    allowed = frozenset(host.lower() for host in settings.allow_hosts)
    mistake = _mistake(url.reveal(), allowed)
    if mistake:
        raise ConfigError(f"channel {settings.name}: {mistake}")
    return WebhookChannel(settings, url, secret, allowed, clock, encode or to_json, content_type)


class WebhookChannel:
    """Posts to one URL."""

    def __init__(
        self,
        settings: WebhookSettings,
        url: Secret,
        secret: Secret | None,
        allowed: frozenset[str],
        clock: Clock,
        encode: Encode,
        content_type: str,
    ) -> None:
        self._encode = encode
        self._content_type = content_type
        self.name = settings.name
        self.limits = Limits(
            settings.per_minute, settings.burst, min(5, settings.burst // 2), settings.timeout_s
        )
        self._style = Style(settings.language, settings.utc_offset_h)
        self._url = url
        self._secret = secret
        self._allowed = allowed
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def send(self, notice: Notice) -> str | None:
        body = self._encode(notice, self._style)
        headers = {
            "Content-Type": self._content_type,
            "Idempotency-Key": quote(notice.id, safe="|:.~"),
        }
        if self._secret is not None:
            timestamp = str(int(self._clock.now()))
            signed = timestamp.encode() + b"." + body
            digest = hmac.new(self._secret.reveal().encode(), signed, hashlib.sha256).hexdigest()
            headers["X-Roomwatch-Timestamp"] = timestamp
            headers["X-Roomwatch-Signature"] = f"v1={digest}"
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=PublicResolver(self._allowed)),
                timeout=aiohttp.ClientTimeout(total=self.limits.timeout_s),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        refuse(await post(self._session, self._url.reveal(), body, headers))
        return None

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def __repr__(self) -> str:
        return f"WebhookChannel({self.name!r})"


def to_json(notice: Notice, style: Style) -> bytes:
    """What is posted: the words for people, and the figures for programs."""
    message = render(notice, style)
    body: dict[str, Any] = {
        "id": notice.id,
        "change": notice.change.change,
        "title": message.title,
        "text": message.plain,
        "link": notice.link,
        "room_name": notice.room_name,
        "repeated": notice.repeated,
        "reason": notice.reason,
        "created_at": notice.created_at,
        "expires_at": notice.expires_at,
        "alert": notice.change,
        "also": notice.also,
        "rooms": notice.rooms,
    }
    if notice.command is not None:
        body["command"] = notice.command.action
        body["with"] = notice.command.values
        body["alert"] = replace(notice.change, key=notice.command.key)
    return msgspec.json.encode(body)


def _mistake(url: str, allowed: frozenset[str]) -> str:
    """What is wrong with a URL, without showing it; empty when nothing is."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "its url can not be read — write https://host/path"
    if parts.scheme not in ("http", "https") or not host:
        return "its url can not be read — write https://host/path"
    if host.lower() in allowed:
        return ""
    if parts.scheme != "https":
        return "its url is not https — use https, or name the host in allow_hosts"
    why = why_forbidden(host) if literal(host) else ""
    return (
        f"its url's address is {why} — name the host in allow_hosts if it is meant" if why else ""
    )
