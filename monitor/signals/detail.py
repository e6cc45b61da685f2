"""One room in full, for its own page: the past hour, its time axis, comments, funnel, sources."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from monitor.signals.arrivals import SourceShare
from monitor.signals.metrics import CATALOGUE
from monitor.signals.past import EVERY_S
from monitor.signals.readings import Look
from monitor.signals.rooms import Floats
from monitor.signals.tables import PAST, Tables
from monitor.signals.tail import Said
from monitor.signals.timeline import Cycle, Moment

STEPS = 180  # half an hour
HEADS = (
    "online", "gmv_session", "conversion_session", "interaction_rate_5m", "gpm_session", "watch_s",
    "follow_rate_session", "viewers_total", "comments_1m", "negative_share_5m",
    "negative_share_session", "questions_5m", "orders_5m", "buyers_5m", "opm", "online_peak",
    "enters_1m", "leaves_1m",
)  # fmt: skip
RUNGS = (
    # what is counted, and the ratio that leads to it from the rung before
    ("impressions", ""), ("enters", "enter_rate"), ("product_shown", "shown_rate"),
    ("clicks", "click_rate"), ("orders", "order_rate"), ("paid", "paid_rate"),
)  # fmt: skip
AFTER_S, BEFORE_S = 30.0, 60.0  # what a hook moved: after its start against before it


class Rung(Struct, frozen=True):
    """A step of the funnel over five minutes; `rate` per the rung before, `usual` the session."""

    name: str
    value: float | None
    rate: float | None = None
    usual: float | None = None


class CycleView(Struct, frozen=True, kw_only=True):
    """A cycle and what it brought. `hook_lift` is a share: comments after against before."""

    cycle: Cycle
    hook_lift: float | None = None
    gmv_minor: list[float | None] = []  # of each part


class RoomDetail(Struct, kw_only=True):
    """A room's page. Readings are `every_s` apart, the newest is of `at`; None is unknown."""

    room: str
    at: float
    every_s: int
    heads: dict[str, float | None]
    past: dict[str, list[float | None]]
    band: tuple[list[float | None], list[float | None]]  # P10 and P90 expected of online
    moments: list[Moment]
    cycles: list[CycleView]
    comments: list[Said]
    funnel: list[Rung]
    sources: list[SourceShare]


def detail(tables: Tables, room: str, now: float, steps: int = STEPS) -> RoomDetail | None:
    """Everything about one room; None for one we never heard of."""
    row = dict.get(tables.rooms.row_of, room)
    if row is None or row < 0:
        return None
    look = Look(tables, now, len(tables.rooms), len(tables.products))

    def figure(name: str) -> float | None:
        value = float(CATALOGUE[name].read(look)[row])
        return None if np.isnan(value) else value

    past = tables.past
    low, high = past.band(row, "online", steps)
    return RoomDetail(
        room=room,
        at=float(past.step * EVERY_S),
        every_s=EVERY_S,
        heads={name: figure(name) for name in HEADS},
        past={name: _line(past.read(row, name, steps)) for name in PAST},
        band=(_line(low), _line(high)),
        moments=tables.timeline.moments(row),
        cycles=[_cycle(tables, row, cycle, now) for cycle in tables.timeline.cycles(row)],
        comments=list(tables.tail.of(row)),
        funnel=[
            Rung(
                name,
                figure(f"{name}_5m"),
                figure(f"{rate}_5m") if rate else None,
                figure(f"{rate}_session") if rate else None,
            )
            for name, rate in RUNGS
        ],
        sources=tables.arrivals.shares(row, now),
    )


def _line(values: Floats) -> list[float | None]:
    return [None if value != value else round(value, 4) for value in values.tolist()]  # noqa: PLR0124  NaN


def _cycle(tables: Tables, row: int, cycle: Cycle, now: float) -> CycleView:
    past = tables.past
    lift = None
    start = cycle.parts[0]
    if start.segment == "hook":
        before = past.total(row, "comments_10s", start.at - BEFORE_S, start.at)
        after = past.total(row, "comments_10s", start.at, start.at + AFTER_S)
        if before and after is not None:
            lift = (after / AFTER_S) / (before / BEFORE_S) - 1.0
    gmv = [
        past.total(row, "gmv_10s", part.at, part.at + part.length_s if part.length_s else now)
        for part in cycle.parts
    ]
    return CycleView(cycle=cycle, hook_lift=lift, gmv_minor=gmv)
