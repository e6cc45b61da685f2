"""The JSON doors of replays: what there is, open one, move it, close it.

A replay changes nothing of what is live, but costs a process: it takes an operator.
"""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from monitor.console.answers import Door, as_json
from monitor.console.gate import Gate, RefusedError, read
from monitor.console.replays.deck import Deck
from monitor.console.replays.worker import FASTEST, Command

Id = Annotated[str, Meta(min_length=1, max_length=64)]


class Play(Struct, forbid_unknown_fields=True):
    """The body of /api/replays: play this recording."""

    recording: Annotated[str, Meta(min_length=1, max_length=1000)]


class Move(Struct, forbid_unknown_fields=True):
    """The body of /api/replays/move. What is left out stays as it is.

    `at` is an instant of the recording's own time.
    """

    id: Id
    play: bool | None = None
    speed: Annotated[float, Meta(ge=0.1, le=FASTEST)] | None = None
    at: Annotated[float, Meta(ge=0, le=4_102_444_800)] | None = None


class End(Struct, forbid_unknown_fields=True):
    """The body of /api/replays/close."""

    id: Id


class ReplayDoors:
    """What the pages ask of the deck."""

    def __init__(self, deck: Deck, gate: Gate) -> None:
        self._deck = deck
        self._gate = gate

    def reads(self) -> dict[str, Door]:
        return {"/api/replays": self.look}

    def changes(self) -> dict[str, Door]:
        return {
            "/api/replays": self.play,
            "/api/replays/move": self.move,
            "/api/replays/close": self.close,
        }

    async def look(self, request: web.Request) -> web.StreamResponse:
        self._gate.housekeeper(request)
        found = await self._deck.recordings()
        return as_json({"recordings": found, "open": self._deck.open_ones()})

    async def play(self, request: web.Request) -> web.StreamResponse:
        caller = self._gate.changer(request, "operator")
        body = await read(request, Play)
        found = await self._deck.open(body.recording, caller.name)
        if isinstance(found, str):
            raise RefusedError(404 if found == "no such recording" else 409, found)
        return as_json({"replay": found.about()})

    async def move(self, request: web.Request) -> web.StreamResponse:
        self._gate.changer(request, "operator")
        body = await read(request, Move)
        found = self._deck.find(body.id)
        if found is None:
            raise RefusedError(404, "no such replay")
        found.obey(Command(play=body.play, speed=body.speed, at=body.at))
        return as_json({})

    async def close(self, request: web.Request) -> web.StreamResponse:
        self._gate.changer(request, "operator")
        body = await read(request, End)
        if not await self._deck.close(body.id):
            raise RefusedError(404, "no such replay")
        return as_json({})
