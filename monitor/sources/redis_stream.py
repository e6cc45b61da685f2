"""Reads a Redis stream as one consumer of a group: each entry is ours until we say it is safe.

Entries we were given and did not acknowledge are read again at each connect; those
of a consumer that has gone are taken over once a minute. Entries that a too small
MAXLEN trimmed away before anybody read them are told as lost.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from itertools import islice
from typing import Annotated, Any

from msgspec import Meta
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    NoPermissionError,
    RedisError,
    ResponseError,
)

from monitor.clock import Clock
from monitor.errors import ConfigError
from monitor.frames import Frame
from monitor.secrets import resolve
from monitor.sources.backoff import Backoff
from monitor.sources.source import RetrySettings, Seconds, SourceHealth, cut
from monitor.sources.standing import Standing

# Each command has this long, above BLOCK. It is timed here: redis-py does it with
# asyncio.wait_for, which before Python 3.12 may swallow a cancellation, and the
# daemon could not be stopped.
ANSWER_S = 10.0
REFUSALS = (AuthenticationError, AuthorizationError, NoPermissionError)
Entries = list[tuple[bytes, dict[bytes, bytes]]]


class RedisStreamSettings(RetrySettings, frozen=True, kw_only=True, tag="redis_stream"):
    """The password is given in one of the four ways of monitor/secrets.py."""

    url: str = "redis://127.0.0.1:6379/0"  # rediss:// for TLS; no password in it
    stream: str
    group: str = "roomwatch"
    consumer: str = "roomwatch"  # keep it fixed: it owns what it has not acknowledged
    field: str = "data"  # of an entry, with the payload
    start: str = "0"  # where a new group begins: 0 is the whole stream, $ only what comes
    username: str = ""
    password: str = ""
    password_file: str = ""
    password_env: str = ""
    password_credential: str = ""
    ca_file: str = ""
    count: Annotated[int, Meta(ge=1, le=10_000)] = 500
    block_ms: Annotated[int, Meta(ge=1, le=8_000)] = 2_000  # well below ANSWER_S
    window: Annotated[int, Meta(ge=1, le=1_000_000)] = 20_000  # unacknowledged entries held here
    claim_every_s: Seconds = 60.0
    claim_idle_s: Seconds = 60.0  # others' entries are taken over after this long

    def source(self, clock: Clock) -> RedisStream:
        return RedisStream(self, clock)


class RedisStream:
    """One connection to read, which blocks, and one to acknowledge."""

    def __init__(self, settings: RedisStreamSettings, clock: Clock) -> None:
        self.name = settings.name
        self._settings = settings
        self._clock = clock
        self._standing = Standing(settings.name, clock)
        self._password = resolve(
            "password",
            plain=settings.password,
            file=settings.password_file,
            env=settings.password_env,
            credential=settings.password_credential,
        )
        if "@" in settings.url:
            raise ConfigError(
                f"{settings.name}.url: a user or password in the address — write them in"
                " `username` and `password_file`"
            )
        self._writer: Redis | None = None
        self._ordinal = 0
        self._unacknowledged: deque[tuple[int, bytes]] = deque()
        self._ours: set[bytes] = set()  # ids read and not yet acknowledged
        self._safe = 0  # everything up to this ordinal may be acknowledged
        self._had_group = False
        self._after = b"0"
        self._cursor: bytes | None = None  # of a round of claiming that is under way
        self._claimed_at = float("-inf")
        self._room = asyncio.Event()
        self._saying = asyncio.Lock()

    @property
    def health(self) -> SourceHealth:
        return self._standing.health

    def window(self) -> int | None:
        return self._settings.window

    async def acknowledge(self, upto: Any) -> None:
        """XACK in the order read; what can not be said now is said at the next connect."""
        self._safe = max(self._safe, upto)
        async with self._saying:
            try:
                while some := self._sayable():
                    async with asyncio.timeout(ANSWER_S):
                        assert self._writer is not None, "it says something only while connected"
                        await self._writer.xack(self._settings.stream, self._settings.group, *some)
                    for entry in some:
                        self._unacknowledged.popleft()
                        self._ours.discard(entry)
                    self._room.set()
            except (RedisError, OSError, TimeoutError):
                return  # the reader sees it too, and tells it

    def _sayable(self) -> list[bytes]:
        """The oldest ids that are safe, a thousand at most."""
        if self._writer is None:
            return []
        oldest = islice(self._unacknowledged, 1000)
        return [entry for ordinal, entry in oldest if ordinal <= self._safe]

    async def frames(self) -> AsyncIterator[Frame]:
        settings, standing = self._settings, self._standing
        backoff = Backoff(settings.retry_s, settings.retry_most_s)
        reader = self._client()
        self._writer = self._client()
        try:
            while True:
                try:
                    async with asyncio.timeout(ANSWER_S):
                        await self._make_group(reader)
                    standing.connected()
                    await self.acknowledge(self._safe)  # what could not be said before
                    self._cursor, self._claimed_at = None, float("-inf")
                    self._after = b"0"  # first our own, again; then what is new
                    while True:
                        for frame in await self._next(reader):
                            yield frame
                except REFUSALS as error:
                    wait_s = backoff.around(settings.retry_refused_s)
                    standing.refused(type(error).__name__)
                except (RedisError, OSError, TimeoutError) as error:
                    backoff.stood(standing.stood_s())
                    wait_s = backoff.next_s()
                    standing.degraded(_words(error))
                await reader.aclose()
                await asyncio.sleep(wait_s)
        finally:
            writer, self._writer = self._writer, None
            await reader.aclose()
            if writer is not None:
                await writer.aclose()
            self._unacknowledged.clear()
            self._ours.clear()
            standing.stopped()

    def _client(self) -> Redis:
        settings = self._settings
        options: dict[str, Any] = {"ssl_ca_certs": settings.ca_file} if settings.ca_file else {}
        return Redis.from_url(
            settings.url,
            username=settings.username or None,
            password=self._password.reveal() if self._password else None,
            protocol=2,
            socket_timeout=None,  # see ANSWER_S
            socket_connect_timeout=5,
            retry=Retry(NoBackoff(), 0),  # the trying is ours: ten silent ones take a minute
            max_connections=1,
            **options,
        )

    async def _make_group(self, reader: Redis) -> None:
        """Make the group where it is not: at first, and after a FLUSHALL or a lost disk."""
        settings = self._settings
        start = "0" if self._had_group else settings.start  # nothing of a new stream is old
        try:
            await reader.xgroup_create(settings.stream, settings.group, id=start, mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        self._had_group = True

    async def _next(self, reader: Redis) -> list[Frame]:
        """What to yield next; empty when nothing came for a while."""
        settings = self._settings
        if len(self._unacknowledged) >= settings.window:
            self._room.clear()
            await self._room.wait()
        if self._cursor is None and (
            self._clock.now() - self._claimed_at >= settings.claim_every_s
        ):
            self._claimed_at = self._clock.now()
            self._cursor = b"0-0"
        async with asyncio.timeout(ANSWER_S):
            if self._cursor is not None:
                return await self._claim(reader, self._cursor)
            return await self._read(reader)

    async def _read(self, reader: Redis) -> list[Frame]:
        settings = self._settings
        answer: Any = await reader.xreadgroup(
            settings.group,
            settings.consumer,
            {settings.stream: self._after},
            count=settings.count,
            block=settings.block_ms if self._after == b">" else None,
        )
        entries: Entries = answer[0][1] if answer else []
        if self._after != b">":
            self._after = entries[-1][0] if entries else b">"
        return await self._frames(reader, entries)

    async def _claim(self, reader: Redis, cursor: bytes) -> list[Frame]:
        """Take over what others left lying: one call scans only so far, so follow the cursor."""
        settings = self._settings
        answer: Any = await reader.xautoclaim(
            settings.stream,
            settings.group,
            settings.consumer,
            min_idle_time=int(settings.claim_idle_s * 1000),
            start_id=cursor,
            count=settings.count,
        )
        following, entries, *deleted = answer
        self._cursor = None if following == b"0-0" else following
        self._lose(len(deleted[0]) if deleted else 0)
        return await self._frames(reader, entries)

    async def _frames(self, reader: Redis, entries: Entries) -> list[Frame]:
        """Frames of the entries not already with us; what was trimmed is let go."""
        settings = self._settings
        field = settings.field.encode()
        now = self._clock.now()
        frames = []
        trimmed = []
        for entry, fields in entries:
            if not fields:
                trimmed.append(entry)
                continue
            if entry in self._ours:
                continue
            self._ordinal += 1
            self._ours.add(entry)
            self._unacknowledged.append((self._ordinal, entry))
            frame = Frame(
                data=cut(fields.get(field, b"")),  # empty: the decoder counts it as such
                received_at=now,
                position=self._ordinal,
                key=entry.decode(),
                topic=settings.stream,
            )
            self._standing.took(frame)
            frames.append(frame)
        if trimmed:
            self._lose(len(trimmed))
            await reader.xack(settings.stream, settings.group, *trimmed)
        return frames

    def _lose(self, count: int) -> None:
        if count:
            health = self._standing.health
            health.lost += count
            health.detail = (
                f"{health.lost} entries were trimmed unread: the stream's MAXLEN is too small"
            )


def _words(error: Exception) -> str:
    """Why, without addresses: the first word of Redis's own, else the kind of error."""
    if isinstance(error, ResponseError):
        return str(error).split(" ", 1)[0]
    return type(error).__name__
