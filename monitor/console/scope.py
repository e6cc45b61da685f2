"""What somebody may see: which rooms, and of them whether money and the names of people.

A display link that hangs in a hall shows its own rooms, and no GMV if that is nobody's
business there. What is masked is unknown to the page, so that no script can bring it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import asdict, replace

from monitor.alerts.alert import Alert, Change
from monitor.signals.detail import CycleView, RoomDetail
from monitor.signals.views import ProductView, RoomView

Mask = Literal["gmv", "nick"]
MONEY = re.compile(r"gmv|gpm|aov|goal|net_|uv_value|refund|revenue|minor")


class Scope(Struct, frozen=True, kw_only=True):
    """`rooms` are names or patterns with `*`; none of them means every room."""

    rooms: tuple[str, ...] = ()
    gmv: bool = True  # whether money is shown
    nick: bool = True  # whether names of people are

    @property
    def whole(self) -> bool:
        """Whether it is the house as a whole, and not a part of it."""
        return not self.rooms and self.gmv

    def sees(self, room: str) -> bool:
        return not self.rooms or any(fnmatchcase(room, pattern) for pattern in self.rooms)

    def views(self, views: Sequence[RoomView]) -> Sequence[RoomView]:
        """The rooms that are seen, as they are seen."""
        if self.whole:
            return views
        return [self.view(view) for view in views if self.sees(view.room)]

    def view(self, view: RoomView) -> RoomView:
        if self.gmv:
            return view
        return replace(
            view,
            gmv_minor=None,
            gmv_1m_minor=None,
            goal_minor=None,
            products=[_unpaid(product) for product in view.products],
        )

    def detail(self, detail: RoomDetail) -> RoomDetail:
        if self.gmv:
            return detail
        unknown = {
            name: [None] * len(line) for name, line in detail.past.items() if MONEY.search(name)
        }
        return replace(
            detail,
            heads={
                name: None if MONEY.search(name) else value for name, value in detail.heads.items()
            },
            past=detail.past | unknown,
            cycles=[_unpaid_cycle(view) for view in detail.cycles],
            sessions=[],
        )

    def alerts(self, alerts: Iterable[Alert]) -> list[Alert]:
        return [self._untold(alert) for alert in alerts if self.sees(alert.room)]

    def changes(self, changes: Iterable[Change]) -> list[Change]:
        return [self._untold(change) for change in changes if self.sees(change.room)]

    def _untold(self, told: Any) -> Any:
        """An alert or a change without its words, where they may hold amounts."""
        if self.gmv or not (hidden := [name for name in told.values if MONEY.search(name)]):
            return told
        values = {name: value for name, value in told.values.items() if name not in hidden}
        return replace(told, summary=told.rule, values=values)


EVERYTHING = Scope()


def _unpaid(product: ProductView) -> ProductView:
    """How many were paid is money, beside a price."""
    return replace(product, gmv_minor=None, paid_session=None)


def _unpaid_cycle(view: CycleView) -> CycleView:
    parts = [replace(_without_money(part), paid=None) for part in view.cycle.parts]
    return replace(_without_money(view), cycle=replace(view.cycle, parts=parts))


def _without_money(part: Any) -> Any:
    """A cycle's amounts unknown, by the names of its fields."""
    return replace(part, **{
        name: [None] * len(value) if isinstance(value, list) else None
        for name, value in asdict(part).items()
        if MONEY.search(name)
    })  # fmt: skip
