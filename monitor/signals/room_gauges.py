"""The figures of a room that stand without a window: gauges, state, health of its feeds."""

from __future__ import annotations

import numpy as np

from monitor.signals.freshness import ANY, FEEDS
from monitor.signals.readings import (
    Column,
    Count,
    Look,
    Reading,
    divide,
    gauge,
    room_state,
    viewers,
)
from monitor.signals.rooms import NAN, Floats

CAPPED = (
    "likes", "shares", "follows", "fan_joins", "gifts", "enters", "leaves", "impressions",
    "product_shown", "clicks", "carts",
)  # fmt: skip
EARLY_S = 1800.0  # a broadcast may begin so long before its time


def _average(look: Look) -> Floats:
    gauges = look.tables.gauges
    return divide(gauges["online_s"][: look.rooms], gauges["watched_s"][: look.rooms])


def _watch(look: Look) -> Floats:
    return divide(look.tables.gauges["online_s"][: look.rooms], viewers(look, "session"))


def _live_minutes(look: Look) -> Floats:
    rooms = look.tables.rooms.columns
    lasted = (look.now - rooms["started_at"][: look.rooms]) / 60.0
    return np.where(rooms["live"][: look.rooms] == 1.0, lasted, np.nan)


def _paused(look: Look) -> Floats:
    rooms = look.tables.rooms.columns
    paused = (rooms["paused"] == 1.0) & (rooms["live"] == 1.0)
    known = np.where(np.isnan(rooms["paused"]), NAN, 0.0)
    return np.where(paused, look.now - rooms["paused_at"], known)[: look.rooms]


def _ended(look: Look) -> Floats:
    rooms = look.tables.rooms.columns
    return np.where(rooms["live"] == 0.0, look.now - rooms["session_at"], NAN)[: look.rooms]


def _ended_early(look: Look) -> Floats:
    rooms = look.tables.rooms.columns
    early = rooms["started_at"] + rooms["planned_s"] - rooms["session_at"]
    return np.where(rooms["live"] == 0.0, np.maximum(early, 0.0), NAN)[: look.rooms]


def _start_late(look: Look) -> Floats:
    """A broadcast that began up to `EARLY_S` before its time is the one that was expected."""
    rooms = {name: column[: look.rooms] for name, column in look.tables.rooms.columns.items()}
    expected = rooms["expected_at"]
    came = (rooms["live"] == 1.0) | (rooms["started_at"] >= expected - EARLY_S)
    due = ~came & (look.now < rooms["expected_until"])
    return np.where(np.isnan(expected), NAN, np.where(due, look.now - expected, 0.0))


def _goal_share(look: Look) -> Floats:
    gmv = Count("gmv", "orders", "session")(look)
    return divide(gmv, look.tables.rooms.columns["goal_minor"][: look.rooms])


def _goal_pace(look: Look) -> Floats:
    rooms = look.tables.rooms.columns
    planned = rooms["planned_s"][: look.rooms]
    share = np.minimum(divide(_live_minutes(look) * 60.0, planned), 1.0)
    return np.where(np.isnan(rooms["goal_minor"][: look.rooms]), np.nan, share)


def _stickiness(look: Look) -> Floats:
    fans, people, told = (
        Count(name, "comments", "session")(look) for name in ("fans", "commenters", "levelled")
    )
    return divide(np.where(told > 0, fans, np.nan), people)


def _age(feed: str) -> Reading:
    return lambda look: look.tables.freshness.age(feed, look.now)[: look.rooms]


def _missed(feed: str) -> Reading:
    return lambda look: look.tables.freshness.missed(feed, look.now)[: look.rooms]


def _capped(counter: str) -> Reading:
    """Whether a value of the session sat at the platform's cap: sums of it are lower bounds."""

    def read(look: Look) -> Floats:
        now_slot = look.tables.windows.now_slot
        capped = look.tables.bounds.within(counter, "session", now_slot)
        return capped[: look.rooms].astype(np.float64)

    return read


def _loose(gauge_name: str, known: Reading) -> Reading:
    def read(look: Look) -> Floats:
        loose = look.tables.bounds.of(gauge_name)[: look.rooms]
        return np.where(np.isnan(known(look)), np.nan, loose)

    return read


def _lag(share: float) -> Reading:
    return lambda look: look.tables.lag.quantile(share)[: look.rooms]


def _told_off(counter: str) -> Reading:
    return lambda look: look.tables.windows.read(counter, "1m")[: look.rooms].astype(float)


_NEVER = "never told"
_Row = tuple[str, str, str, str, str, Reading]

GAUGES: tuple[_Row, ...] = (
    # name, unit, help, formula, when it is unknown, reading
    ("online", "people", "watching now", "newest reading", _NEVER, gauge("online")),
    ("online_avg", "people", "watching on average (ACU)", "∫ online dt ÷ t", _NEVER, _average),
    ("online_peak", "people", "most at once (PCU)", "max online", _NEVER, gauge("online_peak")),
    ("viewers_total", "people", "came in since the start (UV)", "newest total", _NEVER,
     lambda look: viewers(look, "session")),
    ("watch_s", "s", "mean time a viewer stayed", "∫ online dt ÷ viewers_total", _NEVER, _watch),
    ("opm", "items/min", "orders paid a minute", "paid in the last minute", _NEVER,
     Count("paid", "orders", "1m")),
    ("live", "flag", "broadcasting now", "session facts", "never heard of", room_state("live")),
    ("paused", "flag", "paused", "session facts", _NEVER, room_state("paused")),
    ("paused_s", "s", "paused for so long; 0: it is not", "now − pause", _NEVER, _paused),
    ("ended_s", "s", "since the broadcast ended", "now − end", "live, or never live", _ended),
    ("start_late_s", "s", "that a broadcast should be under way; 0: it is, or need not be",
     "now − when the timetable had it start", "the timetable has said nothing", _start_late),
    ("ended_early_s", "s", "that it ended before its planned length", "start + planned − end",
     "live, or no length planned", _ended_early),
    ("minutes_live", "min", "since the start", "now − start", "not live", _live_minutes),
    ("goal_share", "share", "of the session's goal", "gmv ÷ goal", "no goal", _goal_share),
    ("goal_pace", "share", "of the goal, that is expected by now",
     "minutes_live ÷ the planned length, 1 at most", "not live, no goal or no length planned",
     _goal_pace),
    ("stickiness", "share", "fans among viewers, as those who comment show it",
     "commenters of a fan level above 0 ÷ commenters, this session",
     "no comment told its writer's level", _stickiness),
    ("feed_age_s", "s", "since anything was heard", "now − last message", _NEVER, _age(ANY)),
    ("feed_missed", "items", "messages that the silence swallowed", "pace × age", _NEVER,
     _missed(ANY)),
)  # fmt: skip


def _of_feeds() -> list[_Row]:
    ages = [
        (f"feed_age_s_{feed}", "s", f"since {feed} were heard", "now − last", _NEVER, _age(feed))
        for feed in FEEDS[1:]
    ]
    missed = [
        (f"feed_missed_{feed}", "items", f"{feed} that the silence swallowed", "pace × age",
         _NEVER, _missed(feed))
        for feed in FEEDS[1:]
    ]  # fmt: skip
    return [*ages, *missed]


HEALTH: tuple[_Row, ...] = (
    ("lag_p50_s", "s", "how late half of the facts are", "median of received − at, about a minute",
     "nothing with a time of its own of late", _lag(0.5)),
    ("lag_p99_s", "s", "how late one fact in a hundred is", "P99 of received − at",
     "nothing with a time of its own of late", _lag(0.99)),
    ("late_1m", "items", "facts that came too late to count", "Σ late", "always known",
     _told_off("late")),
    ("duplicates_1m", "items", "facts that came again", "Σ duplicates", "always known",
     _told_off("duplicates")),
    ("uncertain_1m", "items", "facts without a time, in a burst after a gap",
     "Σ uncertain; they count in the session alone", "always known", _told_off("uncertain")),
    ("capped_online", "flag", "at least so many watch", "capped readings", "online is unknown",
     _loose("online", gauge("online"))),
    ("capped_viewers_total", "flag", "at least so many came in", "capped readings", _NEVER,
     _loose("viewers_total", lambda look: look.tables.gauges["total"][: look.rooms])),
    *(
        (f"capped_{name}", "flag", f"{name} reached the platform's cap", "capped facts",
         "always known", _capped(name))
        for name in CAPPED
    ),
)  # fmt: skip

MADE_OF = {  # what a platform may cap in them, above and below the line
    "online": (("online",), ()),
    "online_avg": (("online",), ()),
    "online_peak": (("online",), ()),
    "viewers_total": (("viewers_total",), ()),
    "watch_s": (("online",), ("viewers_total",)),
    "stickiness": (("people",), ("people",)),
}

COLUMNS = tuple(
    Column(name, "room", unit, text, formula, unknown, read, "", *MADE_OF.get(name, ((), ())))
    for name, unit, text, formula, unknown, read in (*GAUGES, *_of_feeds(), *HEALTH)
)
