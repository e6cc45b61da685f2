"""What a screen shows, as numbered frames: one snapshot, then only what changed.

A screen is nothing but a cursor into this: it is sent the frames after its own seq,
and where the ring does not reach back that far the snapshot instead. So every frame
is encoded once for all screens, and a slow one costs no memory and misses no alert,
for a snapshot holds them all. Spans become instants on the way (`segment_at`,
`quiet_since`), or every room would change with every frame.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

import msgspec
from msgspec import Struct

from monitor.alerts.alert import Alert, Change
from monitor.console.plain import plain
from monitor.console.reel import Reel
from monitor.signals.views import ProductView, RoomView

LOG = 50  # changes that a snapshot tells about
FIRED = 600  # beginnings of alerts that are counted, of the last
FIRED_S = 10_800.0  # three hours
QUIET_S = 10.0  # a feed heard from within this is simply there
SAME_S = 1.0  # an instant worked out twice differs by the age of the figures


class Sellout(Struct, kw_only=True):
    """The product of a room that is sold out first."""

    sku: str
    title: str
    stock: int | None
    sellout_s: float


class Tile(Struct, kw_only=True):
    """A room on the wall, as it goes over the wire.

    `quiet_since` and `segment_at` are instants. `trend` is the change of `online`
    in five minutes as a share.
    """

    room: str
    name: str
    platform: str
    tier: str
    live: bool | None
    next_at: float | None
    stalled: bool
    quiet_since: float | None
    online: int | None
    online_lower_bound: bool
    bounds: dict[str, str]  # conversion, interaction_rate: ≥, ≤ or ≈ where it is only a bound
    trend: float | None
    gmv_minor: int | None
    gmv_1m_minor: int | None
    goal_minor: int | None
    currency: str
    conversion: float | None
    interaction_rate: float | None
    segment: str
    segment_at: float | None
    segment_limit_s: float | None
    segment_confidence: float | None  # below 1 nobody said it, and signs have led to it
    cycle: int | None
    sellout: Sellout | None
    spark: list[int | None]  # online over ten minutes, ten seconds apart
    band: tuple[int, int] | None  # what is expected of it


class Picture:
    """The wall, now and as the last frames that led to it."""

    def __init__(self) -> None:
        self._tiles: dict[str, Tile] = {}
        self._alerts: dict[str, dict[str, Any]] = {}
        self._log: deque[dict[str, Any]] = deque(maxlen=LOG)
        self._fired: deque[float] = deque(maxlen=FIRED)  # when alerts began, for their rate
        self._reel = Reel(self._whole)
        self.snapshot = self._reel.snapshot
        self.since = self._reel.since

    @property
    def seq(self) -> int:
        return self._reel.seq

    def remember(self, changes: Iterable[Change]) -> None:
        """Take what happened before we looked, newest first, as the store gives it."""
        known = list(self._log)  # told while the store was asked, so it may be in both
        past = [line for line in log_lines(changes) if line not in known]
        self._log.clear()
        self._log.extend([*reversed(past), *known])
        self._fired.extendleft(line["at"] for line in past if line["change"] == "fired")
        self._reel.forget_snapshot()

    def refresh(self, rooms: Sequence[RoomView], alerts: Sequence[Alert], now: float) -> bool:
        """Look again; True where something changed and there is one more frame."""
        parts = self._rooms(rooms, now) | self._changed_alerts(alerts)
        return self._reel.add("delta", parts, now)

    def tell(self, changes: Sequence[Change], alerts: Sequence[Alert], now: float) -> bool:
        """Something happened to alerts: a frame of its own, at once."""
        log = log_lines(changes)
        self._log.extend(log)
        self._fired.extend(line["at"] for line in log if line["change"] == "fired")
        parts = self._changed_alerts(alerts)
        if log:
            parts["log"] = log
        return self._reel.add("evt", parts, now)

    def _whole(self) -> dict[str, Any]:
        return {
            "rooms": list(self._tiles.values()),
            "alerts": list(self._alerts.values()),
            "log": list(self._log),
            "fired": self._lately(),
        }

    def _lately(self) -> list[float]:
        newest = self._fired[-1] if self._fired else 0.0
        return [at for at in self._fired if newest - at < FIRED_S]

    def _rooms(self, rooms: Sequence[RoomView], now: float) -> dict[str, Any]:
        tiles = {view.room: tile_of(view, self._tiles.get(view.room), now) for view in rooms}
        parts: dict[str, Any] = {}
        changed = {
            room: fields
            for room, tile in tiles.items()
            if (fields := difference(self._tiles.get(room), tile))
        }
        if changed:
            parts["rooms"] = changed
        if list(tiles) != list(self._tiles):
            parts["order"] = list(tiles)
        self._tiles = tiles
        return parts

    def _changed_alerts(self, alerts: Sequence[Alert]) -> dict[str, Any]:
        new = {alert.key: alert_fields(alert) for alert in alerts}
        parts: dict[str, Any] = {}
        changed = [alert for key, alert in new.items() if self._alerts.get(key) != alert]
        gone = [key for key in self._alerts if key not in new]
        if changed:
            parts["alerts"] = changed
        if gone:
            parts["gone"] = gone
        self._alerts = new
        return parts


def tile_of(view: RoomView, before: Tile | None, now: float) -> Tile:
    quiet = view.feed_age_s is not None and view.feed_age_s > QUIET_S
    quiet_since = _instant(now, view.feed_age_s) if quiet else None
    segment_at = _instant(now, view.segment_s)
    if before is not None:
        quiet_since = _steady(before.quiet_since, quiet_since)
        if (before.segment, before.cycle) == (view.segment, view.cycle):
            segment_at = _steady(before.segment_at, segment_at)
    return Tile(
        room=view.room,
        name=plain(view.name or view.room, 60),
        platform=plain(view.platform, 20),
        tier=plain(view.tier, 20),
        live=view.live,
        next_at=view.next_at,
        stalled=view.stalled,
        quiet_since=quiet_since,
        online=view.online,
        online_lower_bound=view.online_lower_bound,
        bounds=view.bounds,
        trend=_trend(view.online, view.online_before),
        gmv_minor=view.gmv_minor,
        gmv_1m_minor=view.gmv_1m_minor,
        goal_minor=view.goal_minor,
        currency=view.currency,
        conversion=_rounded(view.conversion, 4),
        interaction_rate=_rounded(view.interaction_rate, 4),
        segment=view.segment,
        segment_at=segment_at,
        segment_limit_s=view.segment_limit_s,
        segment_confidence=_rounded(view.segment_confidence, 1),
        cycle=view.cycle,
        sellout=_sellout(view.products),
        spark=view.online_past,
        band=view.online_band,
    )


def _sellout(products: Sequence[ProductView]) -> Sellout | None:
    first: Sellout | None = None
    for product in products:
        left = product.sellout_s
        if left is None or not product.on_shelf or not isfinite(left):
            continue
        if first is not None and first.sellout_s <= left:
            continue
        first = Sellout(
            sku=product.sku,
            title=plain(product.title or product.sku, 60),
            stock=product.stock,
            # Shown to the second in the last ten minutes and to the minute before them.
            sellout_s=round(left) if left < 600 else 60 * round(left / 60),
        )
    return first


def difference(before: Tile | None, after: Tile) -> dict[str, Any]:
    if before is None:
        return msgspec.structs.asdict(after)
    return {
        name: value
        for name in after.__struct_fields__
        if (value := getattr(after, name)) != getattr(before, name)
    }


def alert_fields(alert: Alert) -> dict[str, Any]:
    fields = msgspec.structs.asdict(alert)
    for name, limit in (("summary", 200), ("action", 200), ("role", 40), ("acked_by", 40)):
        fields[name] = plain(fields[name], limit)
    fields["values"] = _values(alert.values)
    return fields


def log_lines(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [
        {
            "at": change.at,
            "change": change.change,
            "room": change.room,
            "rule": change.rule,
            "severity": change.severity,
            "summary": plain(change.summary),
            "by": plain(change.by, 40),
            "since": change.since,
        }
        for change in changes
        if change.change != "pending"  # nobody's business yet
    ]


def _values(values: dict[str, float | str | None]) -> dict[str, float | str | None]:
    return {
        plain(name, 60): plain(value, 60) if isinstance(value, str) else _rounded(value, 4)
        for name, value in values.items()
    }


def _instant(now: float, age_s: float | None) -> float | None:
    return None if age_s is None else round(now - age_s, 2)


def _steady(before: float | None, after: float | None) -> float | None:
    """The instant as we knew it, unless it really is another one."""
    same = before is not None and after is not None and abs(after - before) < SAME_S
    return before if same else after


def _trend(online: int | None, before: int | None) -> float | None:
    return None if online is None or not before else round((online - before) / before, 3)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
