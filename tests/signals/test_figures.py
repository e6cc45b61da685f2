"""Facts in, figures moved: the clocks of EVENTS.md, whatever the order of arrival."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.events import KINDS, Event
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.signals.figures import COUNTED, Figures
from monitor.signals.metrics import CATALOGUE
from monitor.signals.readings import Look
from monitor.signals.tables import Settings
from tests.stage import START, Stage, fact

MOOD = Mood()
ROOMS = ("a", "b")
SKUS = ("s1", "s2")
SPAN_S = 24  # facts happen within it, and all reach us within the 30 s that they may be late
HEARD = (  # what depends on when we heard, and not on when it happened
    "feed_", "lag_", "late_", "duplicates_", "online_avg", "watch_s", "minutes_live", "hook_lift",
    "hook_verdict", "flash_sold_out_s", "bag_online_drop", "sold_out_s", "back_in_stock_s",
    "incident_level",  # it opens at the tick that sees enough complaints beside each other
    "forbidden_terms_",  # a title counts when it is told first, a pin for the title known then
)  # fmt: skip

small = st.integers(0, 9)
users = st.sampled_from("uvwxyz")
skus = st.sampled_from(SKUS)
counted = {
    "value": small, "kind": st.sampled_from(["delta", "delta", "total"]), "capped": st.booleans(),
    "lower_bound": st.booleans(),
}  # fmt: skip
looked = {"sku": skus, **counted}
anonymous = {"user": st.one_of(st.none(), users), **counted}
orders = {"order": st.sampled_from("pqrs"), "user": users, "amount_minor": small}
looks: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "comment": {
        "user": users, "text": st.sampled_from(["好看", "质量太差了 我要退货", "多少钱?", "???"]),
        "fan_level": st.one_of(st.none(), st.integers(0, 2)), "is_host": st.booleans(),
        "reply_to": st.one_of(st.none(), users),
    },
    "like": anonymous,
    "share": anonymous,
    "follow": anonymous,
    "fan_join": anonymous,
    "gift": {"gift": st.just("rose"), "amount_minor": small, **counted, "user": users},
    "enter": {"via": st.sampled_from(["feed", "paid"]), **anonymous},
    "leave": anonymous,
    "viewers": {
        "online": st.one_of(st.none(), small), "total": st.one_of(st.none(), st.integers(0, 50)),
        "lower_bound": st.booleans(), "capped": st.booleans(),
    },
    "impressions": counted,
    "product_shown": looked,
    "product_clicked": looked,
    "product_carted": looked,
    "order_created": orders,
    "order_paid": orders,
    "order_cancelled": orders,
    "order_refunded": orders,
    "stock": {
        "sku": skus, "value": small, "kind": st.sampled_from(["gauge", "delta"]),
        "reserved": st.integers(0, 2),
    },
    "price": {"sku": skus, "amount_minor": small, "was_minor": small},
    "pin": {"sku": skus},
    "unpin": {"sku": skus},
    "shelf": {"sku": skus, "on": st.booleans(), "price": small, "title": st.just("最好的")},
    "segment": {
        "segment": st.sampled_from(["hook", "push", "benefit", "other"]), "inferred": st.booleans(),
    },
    "lucky_bag": {
        "bag": st.sampled_from("bc"), "phase": st.sampled_from(["open", "draw", "close"]),
        "seconds": small, "entrants": small,
    },
    "flash_sale": {
        "sku": skus, "phase": st.sampled_from(["start", "end"]), "price": small,
        "stock": st.one_of(st.none(), small),
    },
    "coupon": {"coupon": st.just("c"), "phase": st.sampled_from(["sent", "taken", "used"])},
    "session": {"phase": st.sampled_from(["pause", "resume", "warning"]), "goal_minor": small},
    "speech": {"text": st.sampled_from(["别划走", "上链接", "抽奖", "全网最低"])},
    "stream": {"bitrate": small, "picture": st.sampled_from(["ok", "black"])},
    "traffic": {"source": st.sampled_from(["feed", "paid"]), "value": small},
    "mark": {"text": st.just("换品"), "by": st.just("李敏")},
}  # fmt: skip
assert looks.keys() == KINDS.keys(), "every fact there is"


@st.composite
def happenings(draw: st.DrawFn) -> list[Event]:
    """Up to 30 facts of a few kinds, in the order of time, no two at one instant."""
    fewest = draw(st.sampled_from([0, 12]))
    instants = draw(
        st.lists(st.integers(0, SPAN_S * 10), unique=True, min_size=fewest, max_size=30)
    )
    kinds = st.sampled_from(
        draw(st.lists(st.sampled_from(sorted(looks)), unique=True, min_size=1, max_size=3))
    )
    events = []
    for number, tenth in enumerate(sorted(instants)):
        kind = draw(kinds)
        fields = {name: draw(strategy) for name, strategy in looks[kind].items()}
        if "order" in fields:  # one order is of one thing
            fields |= {"sku": SKUS[ord(fields["order"]) % 2], "quantity": ord(fields["order"]) % 5}
        room = draw(st.sampled_from(ROOMS))
        events.append(fact(kind, tenth / 10, id=f"f{number}", room=room, **fields))
    return events


def begun() -> Figures:
    """Both rooms are known, and their products, in one order."""
    figures = Figures(Settings(), {}, MOOD)
    events = [fact("shelf", -60, room=room, sku=sku, on=True) for room in ROOMS for sku in SKUS]
    figures.receive(Batch(source="s", events=events, received_at=START - 60), START - 60)
    figures.tick(START - 59)
    return figures


def receive(figures: Figures, events: list[Event], now: float) -> None:
    figures.receive(Batch(source="s", events=events, received_at=now), now)


def seen(figures: Figures, but: tuple[str, ...] = ()) -> dict[str, list[float | None]]:
    """Every figure of the catalogue, a value for each room or product; None is unknown."""
    tables = figures.tables
    look = Look(tables, figures.now, len(tables.rooms), len(tables.products))
    return {
        name: [None if value != value else float(value) for value in column.read(look)]  # noqa: PLR0124  NaN
        for name, column in CATALOGUE.items()
        if not name.startswith(but)
    }


@settings(max_examples=40, deadline=None)
@given(events=happenings(), data=st.data())
def test_the_order_of_arrival_and_duplicates_change_nothing(events, data):
    """
    in order     as they happen, once                         figures at 60 s
    shuffled     late by up to 30 s, some of them again       the same figures
    """
    in_order, shuffled = begun(), begun()
    for event in events:
        receive(in_order, [event], event.at)
        in_order.tick(event.at)

    again = data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else []
    left = data.draw(st.permutations([*events, *again]))
    for second in range(SPAN_S, SPAN_S + 6):
        size = data.draw(st.integers(0, len(left))) if second < SPAN_S + 5 else len(left)
        part, left = left[:size], left[size:]
        receive(shuffled, part, START + second)
        shuffled.tick(START + second)
    for figures in (in_order, shuffled):
        figures.tick(START + 31)
        figures.tick(START + 60)

    assert seen(in_order, HEARD) == seen(shuffled, HEARD)


@settings(max_examples=20, deadline=None)
@given(events=happenings(), data=st.data())
def test_batches_that_are_counted_together_count_as_each_alone(events, data):
    """One of them is looked at after every batch, so it can not put anything off."""
    together, alone = begun(), begun()
    events = data.draw(st.permutations(events))
    now = START + SPAN_S
    while events:
        size = data.draw(st.integers(1, 4))
        for figures in (together, alone):
            receive(figures, events[:size], now)
        assert alone.tables
        events = events[size:]
        now += data.draw(st.sampled_from([0.0, 0.1, 0.6]))
    for figures in (together, alone):
        figures.tick(now)

    assert seen(alone, HEARD) == seen(together, HEARD)


@st.composite
def strangers(draw: st.DrawFn) -> list[tuple[Event, float]]:
    """Up to 8 facts of any kind by a clock far off, and how far from the end of the span.

    One that says how something is may be of long ago, so its clock is ahead.
    """
    found = []
    for number in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(sorted(looks)))
        off = draw(st.floats(60.5, 10**8))
        if KINDS[kind] in COUNTED and draw(st.booleans()):
            off = -draw(st.floats(30.5, 10**8))
        fields = {name: draw(strategy) for name, strategy in looks[kind].items()}
        if kind == "session":
            fields["phase"] = draw(st.sampled_from(["start", "end", "pause"]))
        if "user" in fields:
            fields["user"] = "stranger"
        room = draw(st.sampled_from(ROOMS))
        found.append((fact(kind, SPAN_S + off, id=f"x{number}", room=room, **fields), off))
    return found


@settings(max_examples=25, deadline=None)
@given(events=happenings(), untimely=strangers())
def test_a_clock_far_ahead_or_behind_moves_nothing_but_its_counter(events, untimely):
    """Facts from more than a minute ahead, or more than 30 s ago, in every room."""
    clean, disturbed = begun(), begun()
    now = START + SPAN_S
    for figures in (clean, disturbed):
        receive(figures, events, now)
    receive(disturbed, [event for event, _ in untimely], now)
    for figures in (clean, disturbed):
        figures.tick(now)

    ahead = sum(off > 0 for _, off in untimely)
    late = [sum(off < 0 and event.room == one for event, off in untimely) for one in ROOMS]
    assert seen(clean, ("late_", "lag_", "feed_")) == seen(disturbed, ("late_", "lag_", "feed_"))
    assert ahead == disturbed.tables.rejected["time ahead"]
    assert [float(number) for number in late] == seen(disturbed)["late_1m"]


def test_a_fact_counts_in_its_own_second():
    """
    comments at 0, 5 (told at 20) and 50      one minute at 60: two, at 64.75: two, at 65: one
    """
    stage = Stage()
    stage.comment("一")
    stage.wait(20)
    stage.comment("二", late_s=15)
    stage.wait(30)
    stage.comment("三")
    figures = []
    for seconds in (10, 4.75, 0.25):
        stage.wait(seconds)
        figures.append(stage.figure("comments_1m"))

    assert [2, 2, 1] == figures
    assert 3 == stage.figure("comments_session")


def test_what_comes_too_late_is_a_sign_of_life():
    stage = Stage()
    stage.comment("在")
    stage.wait(40)
    stage.comment("晚", late_s=35)
    stage.wait(1)

    assert (1, 41) == (stage.figure("feed_age_s"), stage.figure("feed_age_s_comments"))


@pytest.mark.parametrize("stalled", [True, False])
def test_what_is_late_for_one_batch_is_not_for_the_one_before(stalled):
    """
    Two batches wait in one second; a fact of the first is 30 s old when it comes. In the burst
    after a stall each batch is counted by itself, too.
    """
    stage = Stage()
    for _ in range(120):
        stage.comment("在", times=4)
        stage.wait(1)
    if stalled:
        stage.wait(60)
    before = stage.figure("comments_session") or 0
    stage.comment("晚", late_s=30)
    stage.now += 0.2
    stage.comment("早", times=9, at_from="received")
    stage.now += 0.05
    stage.wait(0.25)

    windows = stage.shard.figures.tables.windows
    assert (before + 10, 0) == (
        int(windows.read("comments", "session")[0]), stage.figure("late_1m"),
    )  # fmt: skip


@pytest.mark.parametrize(("late_s", "counted", "late"), [(30, 2, 0), (30.25, 1, 1), (775, 1, 1)])
def test_a_fact_may_be_thirty_seconds_late(late_s, counted, late):
    stage = Stage()
    stage.comment("在")
    stage.wait(40)
    stage.comment("晚", late_s=late_s)
    stage.wait(0.25)

    assert (counted, late) == (stage.figure("comments_session"), stage.figure("late_1m"))


@pytest.mark.parametrize(("ahead_s", "counted", "rejected"), [(0.5, 1, 0), (60, 1, 0), (61, 0, 1)])
def test_a_clock_that_is_a_little_ahead_means_now(ahead_s, counted, rejected):
    stage = Stage()
    stage.tell("like")
    stage.comment("早", late_s=-ahead_s)
    stage.wait(0.25)

    told = stage.figure("comments_10s")
    assert (counted or None, rejected) == (
        told, stage.shard.figures.tables.rejected["time ahead"],
    )  # fmt: skip
    stage.wait(10)
    assert (0 if counted else None) == stage.figure("comments_10s")


def test_what_has_no_time_of_its_own_in_a_burst_after_a_gap_counts_in_the_session_alone():
    """
    5 a second for 2 min ── 60 s of nothing ── 200 at once: half of them say when they were
    """
    stage = Stage()
    for _ in range(120):
        stage.comment("在", times=5)
        stage.wait(1)
    stage.wait(60)
    before = stage.figure("comments_session")
    for number in range(200):
        event = fact(
            "comment", stage.now - START, id=f"b{number}", user=f"b{number}",
            at_from="received" if number % 2 else "platform",
        )  # fmt: skip
        stage.receive(event)
    stage.wait(0.25)

    windows = stage.shard.figures.tables.windows
    assert before is not None
    assert (before + 200, 100) == (
        stage.figure("comments_session"), int(windows.read("comments", "10s")[0]),
    )  # fmt: skip


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("others", [True, False])
def test_a_backlog_after_a_gap_is_no_explosion(timed, others):
    """
    5 comments a second ── 60 s of none, others come or not ── 300 in one second ── 5 a second

    With times of their own half of them correct their own seconds and half are late; without,
    they count in the session alone. In no second did anybody see more than the usual pace.
    """
    stage = Stage()
    for second in range(240):
        gap = 120 <= second < 180
        if second == 180:
            for number in range(300):
                at = stage.now - START - (60 - number / 5 if timed else 0)
                origin = "platform" if timed else "received"
                stage.receive(fact("comment", at, id=f"b{number}", user="u", at_from=origin))
        if not gap:
            stage.comment("在", times=5, at_from="platform" if timed else "received")
        if others:
            stage.tell("viewers", online=100)
        stage.wait(1)
        windows = stage.shard.figures.tables.windows
        assert int(windows.read("comments", "10s")[0]) <= 55, second
        if 180 < second < 185:
            assert stage.figure("comments_10s") is None
            assert stage.figure("comments_1m") is None
            told = ("late_1m", "uncertain_1m")
            late, uncertain = (stage.figure(name) or 0 for name in told)
            assert (late, uncertain > 300) == ((150, False) if timed else (0, True))

    assert 45 == stage.figure("comments_10s")  # nine whole seconds and this one
    assert stage.figure("comments_session") == 5 * 180 + (150 if timed else 300)


def test_the_same_id_of_another_source_is_another_fact():
    stage = Stage()
    event = fact("comment", 0, id="7")
    for source in ("x", "x", "y"):
        stage.receive(event, source=source)
    stage.wait(0.25)

    assert (2, 1) == (stage.figure("comments_session"), stage.figure("duplicates_1m"))


def test_texts_without_an_id_are_as_many_facts():
    stage = Stage()
    stage.receive(*[fact("comment", 0) for _ in range(3)])
    stage.wait(0.25)

    assert 3 == stage.figure("comments_session")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_fact_is_taken(kind):
    """Whether we have a use for it yet or not: it is a sign of life."""
    needed: dict[str, dict[str, Any]] = {
        "gift": {"gift": "rose"}, "stock": {"value": 1}, "price": {"amount_minor": 1},
        "shelf": {"on": True}, "segment": {"segment": "hook"}, "mark": {"by": "李敏"},
        "flash_sale": {"phase": "start", "price": 1}, "lucky_bag": {"bag": "b", "phase": "open"},
        "coupon": {"coupon": "c", "phase": "sent"}, "session": {"phase": "start"},
        "traffic": {"source": "feed", "value": 1},
    }  # fmt: skip
    stage = Stage()
    stage.receive(fact(kind, 0, **needed.get(kind, {})))
    stage.wait(1)

    given_back = kind in ("order_cancelled", "order_refunded")  # perhaps of a session long over
    assert 1 == stage.figure("feed_age_s")
    assert (None if given_back else 1) == stage.figure("live")


def test_a_room_too_many_is_turned_away_and_others_go_on():
    stage = Stage(settings=Settings(max_rooms=2))
    for room in "abcbc":
        stage.comment("在", room=room)
    stage.wait(0.25)

    assert 2 == stage.shard.figures.tables.rooms.turned_away
    assert (1, 2) == tuple(stage.figure("comments_session", room) for room in "ab")


def test_a_new_session_starts_from_nothing():
    stage = Stage()
    stage.tell("session", phase="start", session="one")
    stage.comment("在", times=3)
    stage.tell("viewers", online=50, total=90)
    stage.tell("segment", segment="hook")
    stage.tell("like", value=100, kind="total")
    stage.wait(1)
    stage.tell("session", phase="start", session="two")
    stage.tell("like", value=170, kind="total")
    stage.wait(1)

    assert [None, None, None, 170.0] == [
        stage.figure(name) for name in ("comments_session", "online", "segment", "likes_session")
    ]


def test_what_is_still_told_of_the_session_before_is_late():
    """
    100,000 likes so far ── session b from 10 s on ── told at 12 s: 100,050 of 8 s, 3 of 11 s
    """
    stage = Stage()
    stage.tell("session", phase="start", session="a")
    stage.tell("like", value=100_000, kind="total")
    stage.wait(10)
    stage.tell("session", phase="start", session="b")
    stage.wait(2)
    stage.tell("like", value=100_050, kind="total", late_s=4)
    stage.comment("在", late_s=3)
    stage.comment("在", late_s=2)  # of the very instant in which it began
    stage.tell("like", value=3, kind="total", late_s=1)
    stage.wait(1)

    assert (3, 1, 2) == tuple(
        stage.figure(name) for name in ("likes_session", "comments_session", "late_1m")
    )


def test_a_heartbeat_is_a_sign_of_life_without_a_fact():
    stage = Stage()
    stage.comment("在")
    stage.wait(10)
    batch = Batch(source="s", events=[], received_at=stage.now, heard=("room", "another"))
    stage.shard.receive([batch], stage.now)
    stage.wait(1)

    assert (1, 11) == (stage.figure("feed_age_s"), stage.figure("feed_age_s_comments"))


def test_many_facts_at_once_are_what_they_are_one_by_one():
    """Ten thousand of a seeded room, in batches of one and in one batch."""
    dice = random.Random(11)
    events = [
        fact("comment", dice.randrange(0, 20), id=f"f{number}", user=f"u{dice.randrange(500)}")
        for number in range(10_000)
    ]
    one_by_one, at_once = begun(), begun()
    for event in events[:2000]:
        receive(one_by_one, [event], START + SPAN_S)
    receive(one_by_one, events[2000:], START + SPAN_S)
    receive(at_once, events, START + SPAN_S)

    assert seen(one_by_one) == seen(at_once)
    assert 500 == seen(at_once)["commenters_session"][2]


def test_facts_beside_a_heartbeat_are_seen_by_the_next_tick():
    """As those without one are."""
    stage = Stage("rules:\n  - {id: two, kind: threshold, when: comments_10s >= 2}\n")
    stage.comment("在")
    stage.wait(1)
    events = [fact("comment", stage.now - START, id="f9", user="u9")]
    batch = Batch(source="s", events=events, received_at=stage.now, heard=("room",))
    stage.shard.receive([batch], stage.now)
    stage.wait(0.25)

    assert [(1.25, "two", "fired")] == stage.told
