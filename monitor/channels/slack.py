"""Slack: one message for each episode of an alert, edited in place as it goes on.

slack_sdk does the talking, without its retries: the outbox retries. The token needs
the scope `chat:write`; the app has to be in the channel.
"""

from __future__ import annotations

from typing import Any

import aiohttp
from msgspec import Struct
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from monitor.alerts.alert import Notice
from monitor.channels.channel import Limits
from monitor.channels.posting import as_delivery_error, retry_after_s
from monitor.channels.render import Language, Message, Style, render
from monitor.clock import Clock
from monitor.errors import ConfigError, DeliveryError
from monitor.secrets import Secret, resolve

HEADER, SECTION, FIELD, FIELDS, TEXT = 150, 3000, 2000, 10, 4000  # characters; Slack's limits

# the error in a body of `ok: false`; every other one stays until somebody acts
RETRIED = {
    "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
    "request_timeout", "team_added_to_org", "org_login_required",
}  # fmt: skip
GONE = {"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"}
TOO_MUCH = {"msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format"}


class SlackSettings(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="slack"
):
    """`to` is a channel's id (C…). The bot token is named in one of the four ways."""

    name: str
    to: str
    token: str = ""
    token_file: str = ""
    token_env: str = ""
    token_credential: str = ""
    base_url: str = "https://slack.com/api/"
    language: Language = "zh"
    utc_offset_h: float = 8.0
    timeout_s: float = 10.0
    fallback: str = ""


def make(settings: SlackSettings, clock: Clock) -> SlackChannel:
    """Raises ConfigError without a token."""
    token = resolve(
        "token",
        plain=settings.token,
        file=settings.token_file,
        env=settings.token_env,
        credential=settings.token_credential,
    )
    if token is None:
        raise ConfigError(f"channel {settings.name}: no token — write token_file or token_env")
    return SlackChannel(settings, token)


class SlackChannel:
    """Posts, and edits by the reference `channel:ts`."""

    def __init__(self, settings: SlackSettings, token: Secret) -> None:
        self.name = settings.name
        # one a second for a channel, and short bursts are tolerated
        self.limits = Limits(per_minute=60, burst=5, reserve=2, timeout_s=settings.timeout_s)
        self._settings = settings
        self._style = Style(settings.language, settings.utc_offset_h)
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    async def send(self, notice: Notice) -> str | None:
        message = render(notice, self._style)
        blocks = to_blocks(message)
        try:
            if notice.reference is not None:
                channel, _, ts = notice.reference.partition(":")
                try:
                    return await self._call("chat_update", message, blocks, channel, ts=ts)
                except SlackApiError as error:
                    if _reason(error) not in GONE:
                        raise
            return await self._call("chat_postMessage", message, blocks, self._settings.to)
        except SlackApiError as error:
            raise _refused(error) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise as_delivery_error(error) from None
        except (AttributeError, SlackClientError):  # a 200 that is no JSON object
            raise DeliveryError("its answer can not be read", retry=True) from None

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _call(
        self, method: str, message: Message, blocks: list[Any], channel: str, **more: str
    ) -> str:
        """Send blocks; where Slack finds them too much, the plain text once instead."""
        client = self._client()
        text = _escape(message.plain)[:TEXT]
        try:
            answer = await getattr(client, method)(
                channel=channel, text=text, blocks=blocks, **more
            )
        except SlackApiError as error:
            if _reason(error) not in TOO_MUCH:
                raise
            answer = await getattr(client, method)(channel=channel, text=text, **more)
        return f"{answer.get('channel', channel)}:{answer.get('ts', '')}"

    def _client(self) -> AsyncWebClient:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self.limits.timeout_s),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return AsyncWebClient(
            token=self._token.reveal(),
            base_url=self._settings.base_url,
            timeout=int(self.limits.timeout_s) or 1,
            session=self._session,
            retry_handlers=[],
        )

    def __repr__(self) -> str:
        return f"SlackChannel({self.name!r})"


def to_blocks(message: Message) -> list[dict[str, Any]]:
    """Header, summary, fields and a context line, within Slack's limits."""
    fields = [
        {"type": "mrkdwn", "text": _cut(f"*{_escape(label)}*\n{_escape(text)}", FIELD)}
        for label, text in message.lines[:FIELDS]
    ]
    footer = _escape(message.footer)
    if message.link:
        url = message.link.replace("|", "%7C").replace(">", "%3E")
        footer = f"<{url}|{message.link_text}> · {footer}"
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": _cut(message.title, HEADER)}},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": _cut(_escape(message.summary), SECTION)},
        },
    ]
    if fields:
        blocks.append({"type": "section", "fields": fields})
    blocks.append(
        {"type": "context", "elements": [{"type": "mrkdwn", "text": _cut(footer, FIELD)}]}
    )
    return blocks


def _escape(text: str) -> str:
    """The three characters that mean something in mrkdwn; so no `<!channel>` from a viewer."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _reason(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def _refused(error: SlackApiError) -> DeliveryError:
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    reason = _reason(error)
    retry = status == 429 or status >= 500 or reason in RETRIED or (status == 200 and not reason)
    headers = getattr(response, "headers", None) or {}
    return DeliveryError(
        f"Slack: {reason or f'HTTP {status}'}",
        retry=retry,
        retry_after_s=retry_after_s(headers) if retry else None,
    )
