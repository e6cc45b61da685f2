"""What people change from the pages: acknowledge, mute, cue a segment, note an event.

Each needs the role of an operator and is put on record with who did it; a fact that
somebody tells (a cue, a mark) goes the way of every fact, from the source `console`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import structlog
from aiohttp import web
from msgspec import Meta, Struct

from monitor.alerts.alert import Severity
from monitor.alerts.mutes import Mute
from monitor.console.access import Caller
from monitor.console.answers import Door, as_json
from monitor.console.desk import Desk
from monitor.console.feed import Feed
from monitor.console.gate import Gate, RefusedError, read
from monitor.console.plain import plain
from monitor.patterns import Pattern

LONGEST_MUTE_S = 86_400.0
MOST_MUTES = 200  # each is asked for each alert

log = structlog.get_logger()

Id = Annotated[str, Meta(min_length=1, max_length=600)]
Words = Annotated[str, Meta(min_length=1, max_length=200)]


class Acknowledge(Struct, forbid_unknown_fields=True):
    """The body of /api/alerts/ack."""

    key: str
    episode: int


class Cue(Struct, forbid_unknown_fields=True):
    """The body of /api/rooms/cue: the host is in this segment from now on."""

    room: Id
    segment: Literal["hook", "push", "benefit", "other"]


class Note(Struct, forbid_unknown_fields=True):
    """The body of /api/rooms/mark: a note on the room's time axis."""

    room: Id
    text: Words


class Quiet(Struct, forbid_unknown_fields=True):
    """The body of /api/mutes: nobody is told of what all of this matches, and why.

    Names may be patterns with `*`. It lasts for `seconds`; with `session` it ends with the
    broadcast in `room`, and needs no `seconds`.
    """

    reason: Words
    room: Pattern = "*"
    rule: Pattern = "*"
    platform: Pattern = "*"
    tier: Pattern = "*"
    product: Pattern = "*"
    severities: tuple[Severity, ...] = ()
    seconds: Annotated[float, Meta(gt=0, le=LONGEST_MUTE_S)] | None = None
    session: bool = False


class Aloud(Struct, forbid_unknown_fields=True):
    """The body of /api/mutes/end."""

    name: Id


class Acts:
    """The doors that change something."""

    def __init__(self, desk: Desk, gate: Gate, feed: Feed) -> None:
        self._desk = desk
        self._gate = gate
        self._feed = feed

    def changes(self) -> dict[str, Door]:
        return {
            "/api/alerts/ack": self.acknowledge,
            "/api/rooms/cue": self.cue,
            "/api/rooms/mark": self.mark,
            "/api/mutes": self.mute,
            "/api/mutes/end": self.unmute,
        }

    async def acknowledge(self, request: web.Request) -> web.StreamResponse:
        caller = self._operator(request)
        body = await read(request, Acknowledge)
        change = await self._desk.acknowledge(body.key, body.episode, caller.name)
        if change is None:
            change = self._feed.acknowledge(body.key, body.episode, caller.name)
            if change is None:
                raise RefusedError(404, "no such open alert")
            self._desk.note(caller.name, "acked", body.key)
        return as_json({"change": change})

    async def cue(self, request: web.Request) -> web.StreamResponse:
        caller = self._operator(request)
        body = await read(request, Cue)
        self._known(body.room)
        self._desk.cue(body.room, body.segment, caller.name)
        log.info("segment cued", room=body.room, segment=body.segment, by=caller.name)
        return as_json({})

    async def mark(self, request: web.Request) -> web.StreamResponse:
        caller = self._operator(request)
        body = await read(request, Note)
        self._known(body.room)
        text = plain(body.text, 200)
        if not text:
            raise RefusedError(400, "a note has words")
        self._desk.mark(body.room, text, caller.name)
        log.info("event marked", room=body.room, by=caller.name)
        return as_json({})

    async def mute(self, request: web.Request) -> web.StreamResponse:
        caller = self._operator(request)
        body = await read(request, Quiet)
        reason = plain(body.reason, 200)
        if not reason:
            raise RefusedError(400, "a mute has a reason")
        wanted = self._wanted(body, reason, caller.name)
        mute = self._desk.mute(wanted, body.seconds or LONGEST_MUTE_S)
        log.info("muted", mute=mute.name, until=str(mute.until), by=caller.name, reason=reason)
        return as_json({"mute": mute})

    def _wanted(self, body: Quiet, reason: str, by: str) -> Mute:
        """The mute that is asked for. Raises RefusedError."""
        named = (body.room, body.rule, body.platform, body.tier, body.product)
        if set(named) == {"*"} and not body.severities:
            raise RefusedError(400, "a mute of everything is none: name a rule, a room, a platform,"
                                    " a tier, a product or severities")  # fmt: skip
        if len(self._desk.mutes()) >= MOST_MUTES:
            raise RefusedError(400, f"{MOST_MUTES} mutes are in force: end some first")
        if body.session:
            if not any(view.room == body.room and view.live for view in self._desk.rooms()):
                raise RefusedError(404, "no broadcast goes on in that room")
        elif body.seconds is None:
            raise RefusedError(400, "say for how long: `seconds`, or `session`")
        room, rule, platform, tier, product = ((each,) for each in named)
        return Mute(
            name="", reason=reason, by=by, rooms=room, rules=rule, platforms=platform, tiers=tier,
            products=product, severities=body.severities, session=body.session,
        )  # fmt: skip

    async def unmute(self, request: web.Request) -> web.StreamResponse:
        caller = self._operator(request)
        body = await read(request, Aloud)
        if not self._desk.unmute(body.name, caller.name):
            raise RefusedError(404, "no such mute")
        log.info("unmuted", mute=body.name, by=caller.name)
        return as_json({})

    def _operator(self, request: web.Request) -> Caller:
        return self._gate.changer(request, "operator")

    def _known(self, room: str) -> None:
        if not any(view.room == room for view in self._desk.rooms()):
            raise RefusedError(404, "no such room")
