"""What mood makes of a group of comments, counted: complaints by topic, questions, copies.

Under overload a part of a busy room's comments is read (sampling.py). What is counted of
them counts n-fold, so that shares stay right, and `read_share` tells how many were read.
An incident is tested on what was read; the people it is told with are scaled.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.events import Event
from monitor.mood.crowd import LEVELS, NAMES
from monitor.mood.incident import STREAMS
from monitor.mood.mood import Mood, Reading
from monitor.signals.grouping import Group
from monitor.signals.readings import Column, Count, Look
from monitor.signals.readings import Reading as Read
from monitor.signals.rooms import Floats
from monitor.signals.sampling import picked
from monitor.signals.tables import TOPIC_COUNTERS, Tables
from monitor.signals.windows import SPANS, Ints


def read(tables: Tables, mood: Mood, group: Group) -> Reading | None:
    """Read the comments of viewers and count what they say.

    Gives the reading, as long as the group; None where only a part was read.
    """
    crowd = tables.crowd
    assert crowd is not None
    every = tables.sampling.every(group.row, group.now)
    part, weight = group, None
    if every is not None:
        chosen = picked(group.row, every)
        tables.windows.add("unread", group.row[~chosen], group.slots[~chosen])
        part = group.where(chosen)
        weight = every[part.row]
    crowd.incidents.sample(part.row, weight)
    texts, users = part.texts("text"), part.texts("user")
    reading = mood.read(texts)
    people = list(zip(users, texts, strict=True))
    copied = crowd.heard(part.rows, part.row, people, reading, part.now)
    for name, flags in (
        ("negative", reading.negative),
        ("questions", reading.question),
        ("confusion", reading.confusion),
        ("praise", reading.praise),
        ("copied", copied),
    ):
        if flags.any():
            _add(tables, name, part, flags, weight)
    _asked(tables, part, users, reading)
    if reading.negative.any():
        for topic in np.unique(reading.topic[reading.negative]).tolist():
            _add(tables, TOPIC_COUNTERS[topic], part, reading.topic == topic, weight)
    return reading if every is None else None


def _add(
    tables: Tables, name: str, part: Group, which: NDArray[np.bool_], weight: Ints | None
) -> None:
    values = 1 if weight is None else weight[which]
    tables.windows.add(name, part.row[which], part.slots[which], values)


def _asked(tables: Tables, group: Group, users: list[str], reading: Reading) -> None:
    asking = np.flatnonzero(reading.question)
    rows, at = group.row[asking].tolist(), np.minimum(group.at[asking], group.now).tolist()
    asked = tables.questions.asked
    for index, row, when in zip(asking.tolist(), rows, at, strict=True):
        asked(row, users[index], when)


def replied(tables: Tables, group: Group) -> None:
    """The host or a moderator wrote: a question they reply to is open no longer."""
    for row, event in zip(group.rows, group.events, strict=True):
        if event.reply_to is not None:
            tables.questions.answered(row, event.reply_to, min(event.at, group.now))


def worded(tables: Tables, row: int, event: Event, slot: int) -> None:
    """The room's own side has said or shown something: count forbidden terms."""
    hits = tables.wording.hear(row, event)
    if hits:
        tables.windows.add("forbidden_terms", np.array([row]), slot, hits)


def _forbidden(window: str) -> Read:
    def used(look: Look) -> Floats:
        counts = look.tables.windows.read("forbidden_terms", window)[: look.rooms]
        heard = look.tables.wording.heard[: look.rooms]
        return np.where(heard, counts.astype(np.float64), np.nan)

    return used


def _level(look: Look) -> Floats:
    if look.tables.crowd is None:
        return np.full(look.rooms, np.nan)
    return look.tables.crowd.incidents.level[:, : look.rooms].max(axis=0)


def _level_of(stream: int) -> Read:
    def levels(look: Look) -> Floats:
        if look.tables.crowd is None:
            return np.full(look.rooms, np.nan)
        return look.tables.crowd.incidents.level[stream, : look.rooms].copy()

    return levels


def _questions(which: int) -> Read:
    def open_ones(look: Look) -> Floats:
        if look.tables.mood is None:
            return np.full(look.rooms, np.nan)
        return look.tables.questions.open(look.rooms, look.now)[which]

    return open_ones


def _read_share(look: Look) -> Floats:
    written = Count("comments", "comments", "1m")(look)
    unread = look.tables.windows.read("unread", "1m")[: look.rooms]
    known = (written > 0) & (look.tables.crowd is not None)
    return np.where(known, 1.0 - unread / np.maximum(written, 1.0), np.nan)


_SILENT = "mood is off"
_UNHEARD = "nobody of the staff has replied to a viewer yet"

COLUMNS = (
    Column("incident_level", "room", "level", f"worst open incident: 0, {', '.join(LEVELS[1:])}",
           "max over topics", _SILENT, _level),
    *(
        Column(f"incident_level_{name}", "room", "level", f"open incident about {NAMES[name]}",
               "see SENTIMENT.md §3", _SILENT, _level_of(stream))
        for stream, name in enumerate(STREAMS)
    ),
    *(
        Column(f"forbidden_terms_{window}", "room", "items",
               "forbidden advertising terms the room used",
               "in speech, staff's comments, new titles and pins",
               "nothing was said, titled or pinned", _forbidden(window), window)
        for window in (*SPANS, "session")
    ),
    Column("read_share_1m", "room", "share", "comments read for their mood",
           "1 − unread ÷ comments", f"{_SILENT}, or nobody has written", _read_share, "1m"),
    Column("questions_open", "room", "items", "people whose question nobody answered",
           "asked in the last 5 min, and since then neither host nor moderator wrote to them",
           _UNHEARD, _questions(0)),
    Column("question_wait_s", "room", "s", "how long the first of them has waited",
           "now − asked",
           _UNHEARD, _questions(1)),
)  # fmt: skip
