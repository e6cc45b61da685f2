"""The catalogue: every figure that rules, screens and `roomwatch metrics` can name.

A name carries its window: `comments_10s`, `comments_1m`, `comments_5m`,
`comments_session`; gauges stand bare. A column is an array of float64, a row for each
room (or product); NaN is unknown: a feed that was never heard, a window with a hole in
it, a division by zero. Formulas are those of DOMAIN.md §5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from monitor.signals.freshness import ANY, FEEDS
from monitor.signals.rooms import Floats
from monitor.signals.segments import CODES
from monitor.signals.tables import Tables
from monitor.signals.windows import SPANS

WINDOWS = (*SPANS, "session")


class Look(NamedTuple):
    """What a metric is read from: the tables at `now`, for the first `rooms` rows."""

    tables: Tables
    now: float
    rooms: int
    products: int


class Column(NamedTuple):
    """A row of the catalogue, for one window."""

    name: str
    scope: str  # room or product
    unit: str
    help: str
    formula: str
    unknown: str
    read: Callable[[Look], Floats]


# ── reading ───────────────────────────────────────────────────────────────────


def _known(look: Look, feed: str, counter: str, window: str) -> np.ndarray:
    freshness = look.tables.freshness
    if window == "session":
        heard: np.ndarray = ~np.isnan(freshness.first_at[freshness.feeds[feed]][: look.rooms])
    else:
        heard = freshness.whole(feed, SPANS[window], look.now)[: look.rooms]
    if feed == ANY:  # no feed of its own: it is known to exist once it was heard
        heard = heard & (look.tables.windows.read(counter, "session")[: look.rooms] > 0)
    return heard


def count(counter: str, feed: str, window: str) -> Callable[[Look], Floats]:
    def read(look: Look) -> Floats:
        values = look.tables.windows.read(counter, window)[: look.rooms]
        return np.where(_known(look, feed, counter, window), values, np.nan)

    return read


def divide(above: Floats, below: Floats) -> Floats:
    """above ÷ below; unknown where that is 0 or unknown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.nan)


def entered(look: Look, window: str) -> Floats:
    """People who came in: named arrivals where there are any, else the rise of the total."""
    people = count("entered", "enters", window)(look)
    visits = count("enters", "enters", window)(look)
    by_name = np.where(people > 0, people, visits)
    arrivals = count("arrivals", "viewers", window)(look)
    arrivals = np.where(
        look.tables.windows.read("arrivals", "session")[: look.rooms] > 0, arrivals, np.nan
    )
    return np.where(np.isnan(by_name), arrivals, by_name)


def viewers(look: Look, window: str) -> Floats:
    """People who were there: online now; for a session everybody who came in."""
    if window != "session":
        return gauge("online")(look)
    total = look.tables.gauges["total"][: look.rooms]
    return np.where(np.isnan(total), entered(look, "session"), total)


def gauge(name: str) -> Callable[[Look], Floats]:
    def read(look: Look) -> Floats:
        silent = look.tables.freshness.stalled[0][: look.rooms]
        return np.where(silent, np.nan, look.tables.gauges[name][: look.rooms])

    return read


def room_state(name: str) -> Callable[[Look], Floats]:
    return lambda look: look.tables.rooms.columns[name][: look.rooms]


def segment_state(name: str) -> Callable[[Look], Floats]:
    return lambda look: look.tables.segments.columns[name][: look.rooms]


# ── the counts and the ratios of them, in every window ────────────────────────

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
)  # fmt: skip

RATIOS = (
    # name, numerator, denominator, factor, unit, help
    ("negative_share", "negative", "comments", 1, "share", "complaints among comments"),
    ("interaction_rate", "interactors", "viewers", 1, "share", "interacting people among viewers"),
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
)  # fmt: skip

FEED_OF = {name: (counter, feed) for name, counter, feed, _, _ in COUNTS}


def _part(name: str, window: str) -> Callable[[Look], Floats]:
    match name:
        case "viewers":
            return lambda look: viewers(look, window)
        case "entered" | "visits":
            return lambda look: entered(look, window)
    counter, feed = FEED_OF[name]
    return count(counter, feed, window)


def _ratio(above: str, below: str, factor: int, window: str) -> Callable[[Look], Floats]:
    numerator, denominator = _part(above, window), _part(below, window)
    return lambda look: divide(numerator(look) * factor, denominator(look))


def _net(window: str) -> Callable[[Look], Floats]:
    paid, back = count("gmv", "orders", window), count("refunded", "orders", window)
    return lambda look: paid(look) - back(look)


def _counts_and_ratios() -> list[Column]:
    columns = []
    for window in WINDOWS:
        for name, counter, feed, unit, text in COUNTS:
            columns.append(
                Column(
                    f"{name}_{window}", "room", unit, f"{text}, {_spoken(window)}", f"Σ {counter}",
                    f"no {feed} heard, stalled, or a hole in the window",
                    count(counter, feed, window),
                )
            )  # fmt: skip
        for name, above, below, factor, unit, text in RATIOS:
            formula = f"{above} ÷ {below}" + (f" × {factor}" if factor != 1 else "")
            columns.append(
                Column(
                    f"{name}_{window}", "room", unit, f"{text}, {_spoken(window)}", formula,
                    f"either is unknown, or {below} is 0", _ratio(above, below, factor, window),
                )
            )  # fmt: skip
        columns.append(
            Column(
                f"net_{window}", "room", "minor", f"paid less refunded, {_spoken(window)}",
                "gmv − refunded", "no orders heard, or stalled", _net(window),
            )
        )  # fmt: skip
    return columns


def _spoken(window: str) -> str:
    return "this session" if window == "session" else f"last {window}"


# ── gauges ────────────────────────────────────────────────────────────────────


def _average(look: Look) -> Floats:
    gauges = look.tables.gauges
    return divide(gauges["online_s"][: look.rooms], gauges["watched_s"][: look.rooms])


def _watch(look: Look) -> Floats:
    return divide(look.tables.gauges["online_s"][: look.rooms], viewers(look, "session"))


def _opm(look: Look) -> Floats:
    return count("paid", "orders", "1m")(look)


def _live_minutes(look: Look) -> Floats:
    rooms = look.tables.rooms.columns
    lasted = (look.now - rooms["started_at"][: look.rooms]) / 60.0
    return np.where(rooms["live"][: look.rooms] == 1.0, lasted, np.nan)


def _goal_share(look: Look) -> Floats:
    return divide(
        count("gmv", "orders", "session")(look),
        look.tables.rooms.columns["goal_minor"][: look.rooms],
    )


def _segment_s(look: Look) -> Floats:
    return np.maximum(look.now - segment_state("segment_at")(look), 0.0)


def _hook_price_drop(look: Look) -> Floats:
    """Whether a price fell since the last hook began (or shortly before it)."""
    hook, drop = segment_state("hook_at")(look), segment_state("price_drop_at")(look)
    return np.where(np.isnan(hook), np.nan, (drop >= hook - 5.0).astype(float))


def _age(feed: str) -> Callable[[Look], Floats]:
    return lambda look: look.tables.freshness.age(feed, look.now)[: look.rooms]


def _missed(feed: str) -> Callable[[Look], Floats]:
    return lambda look: look.tables.freshness.missed(feed, look.now)[: look.rooms]


def _gauges() -> list[Column]:
    never = "never told"
    rows = [
        ("online", "people", "watching now", "newest reading", never, gauge("online")),
        ("online_avg", "people", "watching on average (ACU)", "∫ online dt ÷ t", never, _average),
        ("online_peak", "people", "most at once (PCU)", "max online", never, gauge("online_peak")),
        ("viewers_total", "people", "came in since the start (UV)", "newest total", never,
         lambda look: viewers(look, "session")),
        ("watch_s", "s", "mean time a viewer stayed", "∫ online dt ÷ viewers_total", never, _watch),
        ("opm", "items/min", "orders paid a minute", "paid in the last minute", never, _opm),
        ("live", "flag", "broadcasting now", "session facts", "never heard of", room_state("live")),
        ("paused", "flag", "paused", "session facts", never, room_state("paused")),
        ("minutes_live", "min", "since the start", "now − start", "not live", _live_minutes),
        ("goal_share", "share", "of the session's goal", "gmv ÷ goal", "no goal", _goal_share),
        ("segment", "enum", "where the host is", "newest cue", "no cue", segment_state("segment")),
        ("segment_before", "enum", "the segment before it", "cue before", "first cue",
         segment_state("segment_before")),
        ("segment_s", "s", "for how long", "now − cue", "no cue", _segment_s),
        ("cycle", "items", "product cycle", "hooks so far", "no hook yet", segment_state("cycle")),
        ("hook_price_drop", "flag", "a price fell since the hook began", "price facts",
         "no hook yet", _hook_price_drop),
        ("feed_age_s", "s", "since anything was heard", "now − last message", never, _age(ANY)),
        ("feed_missed", "items", "messages that the silence swallowed", "pace × age", never,
         _missed(ANY)),
    ]  # fmt: skip
    for feed in FEEDS[1:]:
        rows.append((f"feed_age_s_{feed}", "s", f"since {feed} were heard", "now − last", never,
                     _age(feed)))  # fmt: skip
        rows.append((f"feed_missed_{feed}", "items", f"{feed} that the silence swallowed",
                     "pace × age", never, _missed(feed)))  # fmt: skip
    for counter in ("late", "duplicates"):
        rows.append((f"{counter}_1m", "items", f"facts that came {counter}", f"Σ {counter}", never,
                     _plain(counter)))  # fmt: skip
    return [Column(name, "room", *rest) for name, *rest in rows]  # type: ignore[arg-type]


def _plain(counter: str) -> Callable[[Look], Floats]:
    return lambda look: look.tables.windows.read(counter, "1m")[: look.rooms].astype(float)


# ── products ──────────────────────────────────────────────────────────────────


def _product_state(name: str) -> Callable[[Look], Floats]:
    return lambda look: look.tables.products.columns[name][: look.products]


def _flag(name: str) -> Callable[[Look], Floats]:
    return lambda look: np.nan_to_num(look.tables.products.columns[name][: look.products])


def _product_count(counter: str, window: str) -> Callable[[Look], Floats]:
    def read(look: Look) -> Floats:
        values = look.tables.products.windows.read(counter, window)[: look.products]
        seen = look.tables.products.windows.read(counter, "session")[: look.products] > 0
        return np.where(seen, values, np.nan)

    return read


def _products() -> list[Column]:
    never = "never told"
    rows = [
        ("stock", "items", "what is left", "level + changes − ordered", "no level told",
         lambda look: look.tables.products.left()[: look.products]),
        ("oversold", "items", "ordered beyond the stock", "− left", "no level told",
         lambda look: look.tables.products.oversold()[: look.products]),
        ("pinned", "flag", "the host talks about it", "pin facts", never, _flag("pinned")),
        ("on_shelf", "flag", "listed", "shelf facts", never, _product_state("on_shelf")),
        ("price", "minor", "price now", "price facts", never, _product_state("price_minor")),
        ("price_was", "minor", "price before", "price facts", never, _product_state("was_minor")),
        ("velocity_1m", "items/min", "units ordered a minute", "ordered", never,
         lambda look: look.tables.products.velocity("1m")[: look.products]),
        ("velocity_5m", "items/min", "units ordered a minute", "ordered ÷ 5", never,
         lambda look: look.tables.products.velocity("5m")[: look.products]),
    ]  # fmt: skip
    for index, name in enumerate(("sellout_s", "sellout_low_s", "sellout_high_s")):
        rows.append((name, "s", "until sold out" + (", 80 % bound" if index else ""),
                     "stock ÷ velocity", "no stock or no sales", _sellout(index)))  # fmt: skip
    columns = [Column(name, "product", *rest) for name, *rest in rows]  # type: ignore[arg-type]
    for window in ("1m", "5m", "session"):
        for counter in ("shown", "clicks", "carts", "orders", "paid", "units", "gmv", "refunds"):
            columns.append(
                Column(
                    f"product_{counter}_{window}", "product",
                    "minor" if counter == "gmv" else "items",
                    f"{counter} of the product, {_spoken(window)}", f"Σ {counter}", never,
                    _product_count(counter, window),
                )
            )  # fmt: skip
    return columns


def _sellout(index: int) -> Callable[[Look], Floats]:
    return lambda look: look.tables.products.sellout()[index][: look.products]


CATALOGUE: dict[str, Column] = {
    column.name: column for column in (*_counts_and_ratios(), *_gauges(), *_products())
}
ENUMS = {"segment": CODES, "segment_before": CODES}
