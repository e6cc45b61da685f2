"""One room in full, for its own page: the past hour, its time axis, comments, funnel, sources."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from monitor.mood.mood import TOPICS
from monitor.signals.arrivals import SourceShare
from monitor.signals.certainty import signs
from monitor.signals.cycles import Cycle, cycles
from monitor.signals.hooks import Effect
from monitor.signals.metrics import CATALOGUE
from monitor.signals.past import EVERY_S
from monitor.signals.place import ORDER
from monitor.signals.plays import Play, plays
from monitor.signals.readings import Look
from monitor.signals.rooms import Floats
from monitor.signals.sessions import PastSession
from monitor.signals.tables import PAST, Tables
from monitor.signals.tail import Said
from monitor.signals.timeline import Moment

STEPS = 180  # half an hour
HEADS = (
    "online", "gmv_session", "conversion_session", "interaction_rate_5m", "gpm_session", "watch_s",
    "follow_rate_session", "viewers_total", "comments_1m", "negative_share_5m",
    "negative_share_session", "questions_5m", "orders_5m", "buyers_5m", "opm", "online_peak",
    "enters_1m", "leaves_1m", "conversion_5m", "gpm_5m", "gmv_5m",
    *(f"topic_{topic}_5m" for topic in TOPICS),
)  # fmt: skip
RUNGS = (
    # what is counted, and the ratio that leads to it from the rung before
    ("impressions", ""), ("enters", "enter_rate"), ("product_shown", "shown_rate"),
    ("clicks", "click_rate"), ("orders", "order_rate"), ("paid", "paid_rate"),
)  # fmt: skip


class Rung(Struct, frozen=True):
    """A step of the funnel over five minutes; `rate` per the rung before, `usual` the session."""

    name: str
    value: float | None
    rate: float | None = None
    usual: float | None = None


class CycleView(Struct, frozen=True, kw_only=True):
    """A cycle and what it brought; `hook_lift` is that of `hook`, what its hook moved."""

    cycle: Cycle
    hook_lift: float | None = None
    hook: Effect | None = None
    gmv_minor: list[float | None] = []  # of each part


class RoomDetail(Struct, kw_only=True):
    """A room's page. Readings are `every_s` apart, the newest is of `at`; None is unknown."""

    room: str
    at: float
    every_s: int
    heads: dict[str, float | None]
    bounds: dict[str, str] = {}  # figure → ≥, ≤ or ≈, of heads and funnel, where only a bound
    past: dict[str, list[float | None]]
    band: tuple[list[float | None], list[float | None]]  # P10 and P90 expected of online
    moments: list[Moment]
    cycles: list[CycleView]
    comments: list[Said]
    funnel: list[Rung]
    sources: list[SourceShare]
    limits: dict[str, float] = {}  # seconds each segment may last, in the module the host is in
    plays: list[Play] = []  # the newest first
    sessions: list[PastSession] = []  # that are over, the newest first


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
        bounds=_bounds(look, row),
        past={name: _line(past.read(row, name, steps)) for name in PAST},
        band=(_line(low), _line(high)),
        moments=tables.timeline.moments(row),
        cycles=_cycles(tables, row, now),
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
        limits=_limits(tables, row),
        plays=plays(tables, row, now),
        sessions=tables.sessions.of(row),
    )


def _limits(tables: Tables, row: int) -> dict[str, float]:
    module = tables.segments.module(row)
    limits = {segment: tables.limit_s(row, module, segment) for segment in ORDER}
    return {segment: limit for segment, limit in limits.items() if limit is not None}


def _bounds(look: Look, row: int) -> dict[str, str]:
    rungs = [f"{name}_5m" for rung in RUNGS for name in rung if name]
    found = {name: signs(look, CATALOGUE[name]) for name in (*HEADS, *rungs)}
    return {name: rows[row] for name, rows in found.items() if row in rows}


def _line(values: Floats) -> list[float | None]:
    return [None if value != value else round(value, 4) for value in values.tolist()]  # noqa: PLR0124  NaN


def _cycles(tables: Tables, row: int, now: float) -> list[CycleView]:
    stretches = tables.segments.stretches(row)
    brought = tables.brought.of(row, stretches) if tables.freshness.ever("orders")[row] else None
    views = []
    for cycle in cycles(stretches, brought, lambda *where: tables.limit_s(row, *where), now):
        start = cycle.parts[0]
        hook = tables.hooks.effect(row, start.at) if start.segment == "hook" else None
        views.append(
            CycleView(
                cycle=cycle,
                hook_lift=None if hook is None else hook.lift,
                hook=hook,
                gmv_minor=[part.gmv_minor for part in cycle.parts],
            )
        )
    return views
