"""The rooms of a shard as screens show them."""

from __future__ import annotations

import numpy as np

from monitor.signals.certainty import signs
from monitor.signals.metrics import CATALOGUE
from monitor.signals.place import NAMES
from monitor.signals.readings import Look
from monitor.signals.tables import Tables
from monitor.signals.views import ProductView, RoomView

ROOM_FIGURES = (
    "feed_age_s", "online", "conversion_session", "interaction_rate_5m", "comments_1m",
    "negative_share_1m", "gmv_session", "gmv_1m", "goal_share", "segment", "segment_s",
    "segment_confidence", "cycle", "live", "minutes_live",
)  # fmt: skip
PRODUCT_FIGURES = (
    "stock", "velocity_1m", "sellout_s", "sellout_low_s", "sellout_high_s", "price", "pinned",
    "on_shelf", "product_paid_session", "product_gmv_session", "product_clicks_5m",
    "product_cards_5m",
)  # fmt: skip


def _some(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def _per(part: float, whole: float) -> float | None:
    """A share; None where nothing is known of what it is a share of, or it is more than all."""
    return float(part / whole) if 0 < whole and part <= whole else None


def rooms(tables: Tables, now: float) -> list[RoomView]:
    """Every room, in the order in which they were first heard of."""
    look = Look(tables, now, len(tables.rooms), len(tables.products))
    figures = {name: CATALOGUE[name].read(look) for name in ROOM_FIGURES}
    bounds = {
        name: signs(look, CATALOGUE[figure])
        for name, figure in (
            ("conversion", "conversion_session"),
            ("interaction_rate", "interaction_rate_5m"),
        )
    }
    shelf = _products(look)
    before = tables.online_before.read(now)
    sparks = tables.past.sparks()
    views = []
    for room, row in tables.rooms.row_of.items():
        one = {name: column[row] for name, column in figures.items()}
        profile = tables.rooms.profiles.get(room)
        segment, module = NAMES.get(one["segment"], ""), tables.segments.module(row)
        live = _some(one["live"])
        minutes = _some(one["minutes_live"])
        spark, band = sparks[row] if row < len(sparks) else ([], None)
        views.append(
            RoomView(
                room=room,
                name=(profile.name if profile else "") or room,
                platform=tables.rooms.platforms[row],
                anchor=tables.rooms.anchors[row],
                tier=tables.rooms.tiers[row],
                session=tables.rooms.sessions[row],
                live=None if live is None else bool(live),
                live_s=None if minutes is None else minutes * 60.0,
                feed_age_s=_some(one["feed_age_s"]),
                stalled=bool(tables.freshness.stalled[0, row]),
                online=_whole(one["online"]),
                online_before=_whole(before[row]),
                online_lower_bound=bool(tables.bounds.of("online")[row]),
                bounds={name: found[row] for name, found in bounds.items() if row in found},
                gmv_minor=_whole(one["gmv_session"]),
                gmv_1m_minor=_whole(one["gmv_1m"]),
                goal_minor=_whole(tables.rooms.columns["goal_minor"][row]),
                currency=tables.rooms.currencies[row],
                timezone=profile.timezone if profile else "",
                conversion=_some(one["conversion_session"]),
                interaction_rate=_some(one["interaction_rate_5m"]),
                comments_1m=_whole(one["comments_1m"]),
                negative_share_1m=_some(one["negative_share_1m"]),
                segment=segment,
                segment_s=_some(one["segment_s"]),
                segment_limit_s=tables.limit_s(row, module, segment),
                segment_confidence=_some(one["segment_confidence"]),
                module=module,
                cycle=_whole(one["cycle"]),
                products=[shelf[product] for product in tables.products.by_room[row].values()],
                online_past=spark,
                online_band=band,
            )
        )
    return views


def _products(look: Look) -> list[ProductView]:
    """By product row, the free ones too."""
    products = look.tables.products
    figures = {name: CATALOGUE[name].read(look) for name in PRODUCT_FIGURES}
    shelf: list[ProductView] = []
    for row, sku in enumerate(products.skus):
        one = {name: column[row] for name, column in figures.items()}
        shelf.append(
            ProductView(
                sku=sku,
                title=products.titles[row],
                on_shelf=bool(one["on_shelf"] != 0.0),
                pinned=bool(one["pinned"] == 1.0),
                price_minor=_whole(one["price"]),
                stock=_whole(one["stock"]),
                velocity_1m=_some(one["velocity_1m"]),
                click_rate=_per(one["product_clicks_5m"], one["product_cards_5m"]),
                sellout_s=_some(one["sellout_s"]),
                sellout_low_s=_some(one["sellout_low_s"]),
                sellout_high_s=_some(one["sellout_high_s"]),
                paid_session=_whole(one["product_paid_session"]),
                gmv_minor=_whole(one["product_gmv_session"]),
            )
        )
    return shelf
