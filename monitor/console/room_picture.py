"""One room's page as numbered frames.

A part of it (`heads`, `funnel`, `past`, …) is sent again whole when it changed; of `tile`
only the fields that did, of `comments` only those that are new. Who may only look sees the
names of people masked, which makes another picture.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from monitor.alerts.alert import Alert, Change
from monitor.console.picture import Tile, alert_fields, difference, log_lines, tile_of
from monitor.console.plain import plain
from monitor.console.reel import Reel
from monitor.signals.detail import RoomDetail
from monitor.signals.tail import KEPT
from monitor.signals.views import RoomView

LOG = 60
PARTS = (
    "heads", "bounds", "past", "band", "at", "every_s", "moments", "cycles", "funnel", "sources",
    "limits",
)  # fmt: skip


class RoomPicture:
    """The page of one room, now and as the last frames that led to it."""

    def __init__(self, room: str, *, masked: bool, past: Iterable[Change] = ()) -> None:
        """`past` are changes that happened before, oldest first."""
        self.room = room
        self._masked = masked
        self._tile: Tile | None = None
        self._parts: dict[str, Any] = {"known": False, "alerts": [], "products": []}
        self._comments: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._number = 0
        self._log: deque[dict[str, Any]] = deque(log_lines(self._ours(past)), maxlen=LOG)
        self._reel = Reel(self._whole)
        self.snapshot = self._reel.snapshot
        self.since = self._reel.since

    @property
    def seq(self) -> int:
        return self._reel.seq

    def refresh(
        self,
        view: RoomView | None,
        detail: RoomDetail | None,
        alerts: Sequence[Alert],
        now: float,
    ) -> bool:
        """Look again; True where something changed and there is one more frame."""
        return self._reel.add("delta", self._changes(view, detail, alerts, now), now)

    def tell(self, changes: Sequence[Change], alerts: Sequence[Alert], now: float) -> bool:
        """Something happened to alerts: at once, if it is about this room."""
        lines = log_lines(self._ours(changes))
        if not lines:
            return False
        self._log.extend(lines)
        return self._reel.add("evt", {"log": lines} | self._alerts(alerts), now)

    def _ours(self, changes: Iterable[Change]) -> list[Change]:
        return [change for change in changes if change.room == self.room]

    def _changes(
        self,
        view: RoomView | None,
        detail: RoomDetail | None,
        alerts: Sequence[Alert],
        now: float,
    ) -> dict[str, Any]:
        found = self._alerts(alerts) | self._part("known", view is not None)
        if view is not None:
            tile = tile_of(view, self._tile, now)
            fields = difference(self._tile, tile)
            self._tile = tile
            if fields:
                found["tile"] = fields
            found |= self._part("products", _products(view))
            head = {
                "anchor": plain(view.anchor, 40),
                "session": plain(view.session or "", 80),
                "timezone": view.timezone,
            }
            started = None if view.live_s is None else round(now - view.live_s)
            before = self._parts.get("head", {}).get("started_at")
            if started is not None and before is not None and abs(started - before) <= 2:
                started = before
            found |= self._part("head", head | {"started_at": started})
        if detail is not None:
            for name in PARTS:
                found |= self._part(name, _clean(getattr(detail, name)))
            fresh = self._said(detail)
            if fresh:
                found["comments"] = fresh
        return found

    def _alerts(self, alerts: Sequence[Alert]) -> dict[str, Any]:
        ours = [alert_fields(alert) for alert in alerts if alert.room == self.room]
        return self._part("alerts", ours)

    def _part(self, name: str, value: Any) -> dict[str, Any]:
        if name in self._parts and self._parts[name] == value:
            return {}
        self._parts[name] = value
        return {name: value}

    def _said(self, detail: RoomDetail) -> list[dict[str, Any]]:
        fresh = []
        for said in detail.comments:
            if said.number <= self._number:
                continue
            line = msgspec.structs.asdict(said)
            user = plain(said.user, 24)
            line["user"] = f"{user[:1]}**" if self._masked else user
            line["text"] = plain(said.text)
            fresh.append(line)
        if fresh:
            self._number = fresh[-1]["number"]
            self._comments.extend(fresh)
        return fresh

    def _whole(self) -> dict[str, Any]:
        return self._parts | {
            "room": self.room,
            "tile": self._tile,
            "comments": list(self._comments),
            "log": list(self._log),
        }


def _products(view: RoomView) -> list[dict[str, Any]]:
    """The soonest sold out first, then what is on the shelf, then the rest."""
    shown = []
    for product in view.products:
        fields = msgspec.structs.asdict(product)
        fields["title"] = plain(product.title or product.sku, 60)
        for name in ("sellout_s", "sellout_low_s", "sellout_high_s"):
            value = fields[name]
            fields[name] = None if value is None or value > 1e7 else round(value)
        shown.append(fields)
    shown.sort(key=lambda one: (not one["on_shelf"], one["sellout_s"] is None, one["sellout_s"]))
    return shown[:40]


def _clean(value: Any) -> Any:
    """Plain values, with every text in them made harmless to look at."""
    built = msgspec.to_builtins(value)
    return _texts(built)


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        if value and not isinstance(value[0], (str, list, dict)):
            return value  # figures
        return [_texts(one) for one in value]
    if isinstance(value, dict):
        return {name: _texts(one) for name, one in value.items()}
    return value
