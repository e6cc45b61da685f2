"""Plays a recording up to an instant, and from its beginning again to go back.

    survey   read once, decoded only: from when to when, how much when, in which rooms
    go       every fact and every tick up to an instant: rules, windows and alerts as they were

A silence that a replay skips is skipped here, too (replay.py): `now` jumps.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import Counter, deque
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from monitor.alerts.alert import Change
from monitor.console.replays.recordings import format_of, lines, stem
from monitor.errors import MonitorError
from monitor.formats.decoder import Decoder
from monitor.mood.mood import Mood
from monitor.mood.phrases import Phrases
from monitor.replay import Replay, frames, timed
from monitor.rules.compile import load
from monitor.rules.parameters import Override, Overrides
from monitor.shard import Shard
from monitor.signals.rooms import Profile
from monitor.signals.tables import Settings

BARS = 160  # of the strip that shows how much happened when
PAST = 500  # changes that are told of after a jump


class Recipe(Struct, frozen=True, kw_only=True):
    """What a recording is played with: today's rules, rooms and settings."""

    path: str
    rules: str
    overrides: list[Override] = []  # of their parameters
    timezone: str = "UTC"  # of rooms that have none of their own
    profiles: list[Profile] = []
    core: Settings = Settings()
    phrases: Phrases = Phrases()

    def line(self) -> bytes:
        """It as a line of text: limits of rooms have keys that JSON has not."""
        return b64encode(msgspec.msgpack.encode(self))

    @staticmethod
    def read(line: bytes) -> Recipe:
        """What `line` wrote."""
        return msgspec.msgpack.decode(b64decode(line), type=Recipe)


class Survey(Struct, frozen=True, kw_only=True):
    """What a recording holds. `bars` are facts in equal spans from `start` to `end`."""

    start: float
    end: float
    facts: int
    bars: list[int]
    rooms: list[str]  # that with the most facts first
    format: str


class Player:
    """One recording. Raises MonitorError where nothing in it can be read."""

    def __init__(self, recipe: Recipe) -> None:
        self._path = Path(recipe.path)
        self._recipe = recipe
        overrides = Overrides(recipe.overrides, recipe.timezone)
        self._rules = load(Path(recipe.rules), overrides)
        self._mood = Mood() if recipe.core.mood else None
        found = format_of(self._path)
        if found is None:
            raise MonitorError(f"{self._path.name}: no format understands it")
        self._format = found
        self.survey = self._look_through()
        self.restart()

    def restart(self) -> None:
        """Go to the beginning."""
        self.now = self.survey.start
        self.ended = False
        self.past: deque[Change] = deque(maxlen=PAST)
        profiles = {profile.room: profile for profile in self._recipe.profiles}
        self.shard = Shard(self._rules, profiles, self._recipe.core, self._mood)
        self.shard.figures.use(self._recipe.phrases)
        self._steps = self._begin()

    def go(self, until: float, enough: Callable[[], bool]) -> list[Change]:
        """Play up to an instant, or until it is enough; what happened to alerts meanwhile."""
        told: list[Change] = []
        while self.now < until and not self.ended:
            step = next(self._steps, None)
            if step is None:
                self.now, self.ended = self.survey.end, True
                break
            self.now, changes = step
            told += changes
            if enough():
                break
        self.past.extend(told)
        return told

    def _begin(self) -> Iterator[tuple[float, list[Change]]]:
        return Replay(self.shard, self._decoder()).steps(frames(lines(self._path)))

    def _decoder(self) -> Decoder:
        return Decoder(source="replay", format=self._format, room=stem(self._path))

    def _look_through(self) -> Survey:
        start, now = None, 0.0
        seconds: Counter[int] = Counter()
        rooms: Counter[str] = Counter()
        for batch in timed(self._decoder(), frames(lines(self._path))):
            now = max(now, batch.received_at)
            start = now if start is None else start
            seconds[int(now - start)] += len(batch.events)
            rooms.update(event.room for event in batch.events)
        if start is None:
            raise MonitorError(f"{self._path.name}: there is nothing in it")
        span = max(now - start, 1.0)
        bars = [0] * BARS
        for second, count in seconds.items():
            bars[min(BARS - 1, int(second * BARS / span))] += count
        return Survey(
            start=start,
            end=now,
            facts=seconds.total(),
            bars=bars,
            rooms=[room for room, _ in rooms.most_common(200)],
            format=self._format,
        )
