"""A stage: one real shard, played by hand, second by second, on its own time."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any

import msgspec

from monitor.alerts.alert import Change
from monitor.events import KINDS, Event
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.shard import TICK_S, Shard
from monitor.signals.metrics import FIGURES
from monitor.signals.readings import Look
from monitor.signals.rooms import Profile
from monitor.signals.tables import Settings

START = 1_795_370_000.0
ROOM = "room"


def fact(kind: str, at: float, /, **fields: Any) -> Event:
    """A fact of the wire's `kind`, `at` seconds after START; what must be there is made up."""
    struct = KINDS[kind]
    made_up = {"room": ROOM, "user": "u1", "text": "好看", "sku": "s1", "order": "o1"}
    known = {name: made_up[name] for name in made_up if name in struct.__struct_fields__}
    return msgspec.convert({**known, **fields, "at": START + at}, struct)


class Stage:
    """Drives a Shard: facts are received when they happen, ticks come each quarter second.

    `told` holds (seconds since START, rule, change) of all that fired or was resolved.
    """

    def __init__(
        self,
        text: str | pathlib.Path = "rules: []",
        *,
        settings: Settings | None = None,
        profiles: Mapping[str, Profile] | None = None,
        mood: Mood | None = None,
    ) -> None:
        ruleset = rules.load(text) if isinstance(text, pathlib.Path) else rules.parse(text)
        self.shard = Shard(ruleset, profiles, settings, mood)
        self.now = START
        self.changes: list[Change] = []
        self._sent = 0

    @property
    def told(self) -> list[tuple[float, str, str]]:
        return [
            (change.at - START, change.rule, change.change)
            for change in self.changes
            if change.change in ("fired", "resolved")
        ]

    def tell(self, kind: str, /, *, late_s: float = 0.0, times: int = 1, **fields: Any) -> None:
        """A fact reaches us now, `late_s` after it happened; each is from another viewer."""
        for _ in range(times):
            self._sent += 1
            own = {"user": f"u{self._sent}", "order": f"o{self._sent}", "id": f"f{self._sent}"}
            struct = KINDS[kind].__struct_fields__
            made_up = {name: value for name, value in own.items() if name in struct}
            self.receive(fact(kind, self.now - START - late_s, **{**made_up, **fields}))

    def comment(self, text: str, **fields: Any) -> None:
        self.tell("comment", text=text, **fields)

    def receive(self, *events: Event, source: str = "stage") -> None:
        batch = Batch(source=source, events=list(events), received_at=self.now)
        self.shard.receive([batch], self.now)

    def wait(self, seconds: float) -> None:
        """Time passes, a tick each quarter of a second."""
        for _ in range(round(seconds / TICK_S)):
            self.now += TICK_S
            self.changes += self.shard.tick(self.now)

    def figure(self, name: str, room: str = ROOM, sku: str | None = None) -> float | None:
        """A figure as rules see it now; None is unknown."""
        tables = self.shard.figures.tables
        look = Look(tables, self.now, len(tables.rooms), len(tables.products))
        row = tables.rooms.row_of[room]
        if sku is not None:
            row = tables.products.by_room[row][sku]
        value = float(FIGURES[name].read(look)[row])
        return None if value != value else value  # noqa: PLR0124  NaN is unknown
