"""The counts of a room and the ratios of them, in every window (DOMAIN.md §5)."""

from __future__ import annotations

import numpy as np

from monitor.mood.model import TOPICS
from monitor.signals.freshness import ANY
from monitor.signals.readings import (
    MOOD_COUNTERS,
    Column,
    Count,
    Look,
    Reading,
    divide,
    entered,
    viewers,
    visits,
)
from monitor.signals.rooms import Floats
from monitor.signals.windows import SPANS

WINDOWS = (*SPANS, "session")

COUNTS = (
    # name, counter, feed, unit, help
    ("comments", "comments", "comments", "items", "comments written by viewers"),
    ("commenters", "commenters", "comments", "people", "different people who commented"),
    ("interactors", "interactors", "comments", "people", "different people who did anything"),
    ("likes", "likes", "likes", "items", "likes given"),
    ("shares", "shares", ANY, "items", "times the room was shared"),
    ("follows", "follows", ANY, "people", "new followers"),
    ("fan_joins", "fan_joins", ANY, "people", "fan-club joins"),
    ("gifts", "gifts", ANY, "items", "gifts given"),
    ("gift_value", "gift_value", ANY, "minor", "worth of gifts; never GMV"),
    ("enters", "enters", "enters", "visits", "arrivals"),
    ("leaves", "leaves", ANY, "visits", "departures"),
    ("impressions", "impressions", ANY, "items", "times the room was shown"),
    ("product_shown", "product_shown", ANY, "items", "times a product card was shown"),
    ("clicks", "clicks", "clicks", "items", "times a product was opened"),
    ("carts", "carts", ANY, "items", "times a product was put in a cart"),
    ("orders", "orders", "orders", "items", "orders created"),
    ("paid", "paid", "orders", "items", "orders paid"),
    ("units", "units", "orders", "items", "units paid for"),
    ("buyers", "buyers", "orders", "people", "different people who paid"),
    ("gmv", "gmv", "orders", "minor", "amount paid"),
    ("cancelled", "cancelled", "orders", "items", "orders cancelled"),
    ("refunds", "refunds", "orders", "items", "orders paid back"),
    ("refunded", "refunded", "orders", "minor", "amount paid back"),
    ("negative", "negative", "comments", "items", "complaints"),
    ("questions", "questions", "comments", "items", "questions"),
    ("confusion", "confusion", "comments", "items", "comments of nothing but question marks"),
    ("praise", "praise", "comments", "items", "comments that praise"),
    ("copied", "copied", "comments", "items", "copies of one long text by different people"),
    *((f"topic_{name}", f"topic_{name}", "comments", "items", f"complaints about {name}")
      for name in TOPICS),
)  # fmt: skip

CAME = (
    # name, unit, help, formula
    ("visits", "visits", "times somebody came in", "arrivals told, else the rise of the total"),
    ("entered", "people", "people who came in", "named arrivals, else visits"),
)

RATIOS = (
    # name, numerator, denominator, factor, unit, help
    ("negative_share", "negative", "comments", 1, "share", "complaints among comments"),
    ("interaction_rate", "interactions", "viewers", 1, "share",
     "interacting people (or, by engine.interaction, actions) among viewers"),
    ("follow_rate", "follows", "viewers", 1, "share", "new followers among viewers"),
    ("fan_join_rate", "fan_joins", "viewers", 1, "share", "fan-club joins among viewers"),
    ("enter_rate", "enters", "impressions", 1, "share", "arrivals among impressions"),
    ("shown_rate", "product_shown", "enters", 1, "share", "product cards shown per arrival"),
    ("click_rate", "clicks", "product_shown", 1, "share", "products opened per card shown"),
    ("order_rate", "orders", "clicks", 1, "share", "orders per product opened"),
    ("paid_rate", "paid", "orders", 1, "share", "orders paid among created"),
    ("click_paid_rate", "paid", "clicks", 1, "share", "orders paid per product opened"),
    ("conversion", "buyers", "entered", 1, "share", "paying people among those who came in"),
    ("gpm", "gmv", "visits", 1000, "minor", "GMV per thousand viewer visits"),
    ("uv_value", "gmv", "entered", 1, "minor", "GMV per viewer"),
    ("aov", "gmv", "buyers", 1, "minor", "GMV per buyer"),
    ("refund_rate", "refunds", "paid", 1, "share", "refunded among paid orders"),
    ("refund_rate_amount", "refunded", "gmv", 1, "share", "refunded of the amount paid"),
)  # fmt: skip

ACTIONS = ("comments", "likes", "shares", "follows", "fan_joins", "gifts")
_FEED_OF = {name: (counter, feed) for name, counter, feed, _, _ in COUNTS}


def _interactions(look: Look, window: str) -> Floats:
    """What the interaction rate counts: people, or the sum of the actions that are told."""
    if look.tables.settings.interaction == "people":
        return _part("interactors", window)(look)
    counts = np.stack([_part(name, window)(look) for name in ACTIONS])
    return np.where(np.isnan(counts).all(axis=0), np.nan, np.nansum(counts, axis=0))


_MADE = {
    "viewers": viewers, "entered": entered, "visits": visits, "interactions": _interactions,
}  # fmt: skip
_CAPPED = {  # what a platform may cap in a count
    **{
        name: (name,)
        for name in (
            "likes",
            "shares",
            "follows",
            "fan_joins",
            "gifts",
            "enters",
            "leaves",
            "impressions",
            "product_shown",
            "clicks",
            "carts",
            "viewers",
            "visits",
            "entered",
        )
    },
    "commenters": ("people",),
    "interactors": ("people",),
    "interactions": ("people", *ACTIONS),
    "buyers": ("people",),
    "gift_value": ("gifts",),
}


def _part(name: str, window: str) -> Reading:
    made = _MADE.get(name)
    if made is not None:
        return lambda look: made(look, window)
    counter, feed = _FEED_OF[name]
    return Count(counter, feed, window)


def _denominator(name: str, window: str) -> str:
    if name == "viewers":
        return "viewers_total" if window == "session" else "online"
    return f"{name}_{window}"


def _ratio(above: str, below: str, factor: int, window: str) -> Reading:
    numerator, denominator = _part(above, window), _part(below, window)

    def read(look: Look) -> Floats:
        return divide(numerator(look) * factor, denominator(look))

    return read


PARTS: dict[str, tuple[Reading, Reading, int]] = {
    f"{name}_{window}": (_part(above, window), _part(below, window), factor)
    for window in WINDOWS
    for name, above, below, factor, _, _ in RATIOS
}  # numerator, denominator and factor of each ratio: what several rooms have together


def _unknown(name: str, feed: str) -> str:
    heard = "never told, nothing heard" if feed == ANY else f"no {feed} heard"
    off = ", or mood is off" if name in MOOD_COUNTERS else ""
    return f"{heard}, stalled, or a hole in the window{off}"


def _net(window: str) -> Reading:
    paid, back = _part("gmv", window), _part("refunded", window)
    return lambda look: paid(look) - back(look)


def _columns(window: str) -> list[Column]:
    counts = [
        Column(
            f"{name}_{window}", "room", unit, text, f"Σ {counter}",
            _unknown(name, feed), Count(counter, feed, window),
            window, _CAPPED.get(name, ()),
        )
        for name, counter, feed, unit, text in COUNTS
    ]  # fmt: skip
    came = [
        Column(
            f"{name}_{window}", "room", unit, text, formula, "neither arrivals nor totals heard",
            _part(name, window), window, (name,),
        )
        for name, unit, text, formula in CAME
    ]  # fmt: skip
    ratios = [
        Column(
            f"{name}_{window}", "room", unit, text,
            f"{above} ÷ {below}" + (f" × {factor}" if factor != 1 else ""),
            f"either is unknown, or {below} is 0", _ratio(above, below, factor, window), window,
            _CAPPED.get(above, ()), _CAPPED.get(below, ()), _denominator(below, window),
        )
        for name, above, below, factor, unit, text in RATIOS
    ]  # fmt: skip
    net = Column(
        f"net_{window}", "room", "minor", "paid less refunded", "gmv − refunded",
        "no orders heard, stalled, or a hole in the window", _net(window), window,
    )  # fmt: skip
    return [*counts, *came, *ratios, net]


COLUMNS = tuple(column for window in WINDOWS for column in _columns(window))
