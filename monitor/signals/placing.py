"""Attribution where the rooms stand in several shards: each tells of its own, one decides.

    whole      orders of shops ─ Gathering: all of them wait for the next tick ─┐
    shards     ◀─ what do you know of them? ──────────────────────────────────┘
    whole      Claimed of each, merged ─ decide ─ the room, or it waits and is asked again
    shards     ◀─ these are of this room of yours ─ Told

The rule is that of attribution.py. What is decided of an order counts for what comes of it
in the same tick.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from monitor.events import OrderFact
from monitor.signals.attribution import Attribution
from monitor.signals.claims import decide
from monitor.signals.grouping import Group
from monitor.signals.hashes import hashes
from monitor.signals.rooms import SHOP


class Claimed(Struct):
    """Claims of rooms by their names; see claims.Claims."""

    owned: bool = False
    known: list[str] = []
    in_session: list[str] = []
    live: list[str] = []
    listed: list[str] = []


class Placed(NamedTuple):
    """Whose order it is."""

    event: OrderFact
    room: str


class Gathering(Attribution):
    """Where no rooms are: orders wait until somebody has asked those who have them."""

    asked: list[tuple[OrderFact, float]]  # with the instant at which it was received

    def place(self, group: Group) -> Group:
        self.asked += [(event, group.now) for event in group.events]
        return group.where(np.zeros(len(group.events), bool))

    def settle(self, claims: Sequence[Claimed]) -> list[Placed]:
        """Decide what was asked, one claim for each; the others wait."""
        asked, self.asked = self.asked, []
        placed: dict[tuple[str, str], str] = {}
        found = []
        for (event, now), claimed in zip(asked, claims, strict=True):
            order = (event.order, event.sku)
            known = [placed[order]] if order in placed else claimed.known
            claimed.known = known
            room, why = decide(event, claimed)
            if room is None:
                self.wait(event, now, why)
            else:
                placed[order] = room
                found.append(Placed(event, room))
        return found


class Told(Attribution):
    """Where orders of shops come with the room that they are of."""

    room_by_id: Mapping[int, str]  # by the identity of the object

    def place(self, group: Group) -> Group:
        rows = group.row.copy()
        row_of = self._rooms.row_of
        for index in np.flatnonzero(rows <= SHOP).tolist():
            rows[index] = row_of[self.room_by_id[id(group.events[index])]]
        return group.in_rows(rows).where(rows >= 0)

    def claimed(self, orders: Iterable[OrderFact]) -> list[Claimed]:
        """What the rooms here say of orders."""
        names = self._rooms.names
        found = []
        for event in orders:
            claims = self.claims(event, int(hashes([event.order])[0]))
            rows = (claims.known, claims.in_session, claims.live, claims.listed)
            found.append(Claimed(claims.owned, *([names[row] for row in each] for each in rows)))
        return found


def merged(several: Iterable[Claimed]) -> Claimed:
    """Those of several shards: where one has rooms of the shop, only such rooms count."""
    told = list(several)
    owners = [each for each in told if each.owned]
    whole = Claimed(bool(owners))
    for each in owners or told:
        whole.known = [*whole.known, *each.known]
        whole.in_session = [*whole.in_session, *each.in_session]
        whole.live = [*whole.live, *each.live]
        whole.listed = [*whole.listed, *each.listed]
    return whole
