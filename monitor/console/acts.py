"""What people change from the pages: acknowledge, mute, cue a segment, note an event.

Each needs the role of an operator and is put on record with who did it; a fact that
somebody tells (a cue, a mark) goes the way of every fact, from the source `console`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import structlog
from aiohttp import web
from msgspec import Meta, Struct

from monitor.console.access import Caller
from monitor.console.answers import as_json
from monitor.console.desk import Desk
from monitor.console.gate import Gate, RefusedError, read
from monitor.console.plain import plain

LONGEST_MUTE_S = 86_400.0

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
    """The body of /api/mutes: nobody is told of a rule in a room for so long, and why.

    `room` and `rule` may be patterns with `*`.
    """

    room: Id
    rule: Id
    seconds: Annotated[float, Meta(gt=0, le=LONGEST_MUTE_S)]
    reason: Words


class Aloud(Struct, forbid_unknown_fields=True):
    """The body of /api/mutes/end."""

    name: Id


class Acts:
    """The doors that change something."""

    def __init__(self, desk: Desk, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate

    async def acknowledge(self, request: web.Request) -> web.StreamResponse:
        caller = self._operator(request)
        body = await read(request, Acknowledge)
        change = await self._desk.acknowledge(body.key, body.episode, caller.name)
        if change is None:
            raise RefusedError(404, "no such open alert")
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
        mute = self._desk.mute(body.room, body.rule, body.seconds, reason, caller.name)
        log.info("muted", room=body.room, rule=body.rule, s=body.seconds, by=caller.name)
        return as_json({"mute": mute})

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
