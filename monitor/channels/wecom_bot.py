"""WeCom (企业微信) group bot: a markdown message to a group, 20 a minute at most.

The bot answers 200 also when it refuses: what counts is `errcode` in the body.
"""

from __future__ import annotations

import aiohttp
import msgspec
from msgspec import Struct

from monitor.alerts.alert import Notice
from monitor.channels.channel import Limits
from monitor.channels.posting import post, refuse
from monitor.channels.render import Language, Message, Style, cut_bytes, render
from monitor.clock import Clock
from monitor.errors import ConfigError, DeliveryError
from monitor.secrets import Secret, resolve

LONGEST = 4096  # bytes of UTF-8 of a markdown message
SHORT = 1024  # what is sent when even that was refused
TITLE = 512
MINUTE_S = 60.0

# errcode → whether trying again can help, and what it means
REFUSALS: dict[int, tuple[bool, str]] = {
    -1: (True, "system busy"),
    45009: (True, "over 20 messages a minute"),
    45033: (True, "too many at once"),
    93000: (False, "wrong key, or the bot was removed"),
    93004: (False, "the bot is disabled"),
    93008: (False, "the bot is not in the group"),
    40058: (False, "content not accepted"),
    45002: (False, "content too large"),
    40008: (False, "message type not accepted"),
}
TOO_LONG = 40058
OVER_RATE = 45009


class WecomBotSettings(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind",
    tag="wecom_bot",
):  # fmt: skip
    """The key of the bot's address (…send?key=…) is a secret, named in one of the four ways."""

    name: str
    key: str = ""
    key_file: str = ""
    key_env: str = ""
    key_credential: str = ""
    base_url: str = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
    language: Language = "zh"
    utc_offset_h: float = 8.0
    timeout_s: float = 10.0
    fallback: str = ""


class _Answer(Struct):
    errcode: int


def make(settings: WecomBotSettings, clock: Clock) -> WecomBotChannel:
    """Raises ConfigError without a key."""
    key = resolve(
        "key",
        plain=settings.key,
        file=settings.key_file,
        env=settings.key_env,
        credential=settings.key_credential,
    )
    if key is None:
        raise ConfigError(f"channel {settings.name}: no key — write key_file or key_env")
    return WecomBotChannel(settings, key, clock)


class WecomBotChannel:
    """Sends to the group of one bot."""

    def __init__(self, settings: WecomBotSettings, key: Secret, clock: Clock) -> None:
        self.name = settings.name
        # below the bot's own 20 a minute, a third of it for critical notices
        self.limits = Limits(per_minute=18, burst=18, reserve=6, timeout_s=settings.timeout_s)
        self._url = settings.base_url
        self._style = Style(settings.language, settings.utc_offset_h)
        self._key = key
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def send(self, notice: Notice) -> str | None:
        message = render(notice, self._style)
        colour = _colour(notice)
        errcode = await self._post(to_markdown(message, colour, LONGEST))
        if errcode == TOO_LONG:
            errcode = await self._post(to_markdown(message, colour, SHORT))
        if errcode != 0:
            # an unknown code: better tried until its time is up than given up
            retry, meaning = REFUSALS.get(errcode, (True, "unknown"))
            wait_s = MINUTE_S - self._clock.now() % MINUTE_S if errcode == OVER_RATE else None
            raise DeliveryError(f"errcode {errcode}: {meaning}", retry=retry, retry_after_s=wait_s)
        return None

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _post(self, content: str) -> int:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self.limits.timeout_s),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        body = msgspec.json.encode({"msgtype": "markdown", "markdown": {"content": content}})
        answer = await post(
            self._session,
            f"{self._url}?key={self._key.reveal()}",
            body,
            {"Content-Type": "application/json"},
        )
        refuse(answer)
        try:
            return msgspec.json.decode(answer.body, type=_Answer).errcode
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise DeliveryError("its answer can not be read", retry=True) from None

    def __repr__(self) -> str:
        return f"WecomBotChannel({self.name!r})"


def to_markdown(message: Message, colour: str, limit: int) -> str:
    """The message in WeCom's markdown, cut to `limit` bytes; the link always stays."""
    link = f"\n[{message.link_text}]({message.link})" if message.link else ""
    title = cut_bytes(_escape(message.title), min(TITLE, limit // 2))
    head = f'**<font color="{colour}">{title}</font>**\n'
    rest = [_escape(message.summary)]
    rest += [f"> {_escape(label)}：{_escape(text)}" for label, text in message.lines]
    rest.append(f'<font color="comment">{_escape(message.footer)}</font>')
    room = limit - len(head.encode()) - len(link.encode())
    text = "\n".join(rest)
    if len(text.encode()) > room:
        text = cut_bytes("\n".join(rest[:-1]), room)  # the footer's mark-up must not be cut
    return f"{head}{text}{link}"


def _colour(notice: Notice) -> str:
    change = notice.change
    if change.change == "resolved":
        return "info"  # green
    urgent = change.change == "fired" and change.severity in ("critical", "warning")
    return "warning" if urgent else "comment"  # orange, grey


# WeCom has no way to escape: what could be mark-up, a link or a mention becomes full-width
_ESCAPES = str.maketrans("<>[]*`", "＜＞［］＊｀")


def _escape(text: str) -> str:
    return text.translate(_ESCAPES)
