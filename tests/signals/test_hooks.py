"""What a hook moved, from rings of seconds made by hand, and through a whole room."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import to_builtins

from monitor.events import Event
from monitor.signals.hooks import AFTER_S, AT_ONCE, HOOKS, VERDICTS, Effect, Feed, Hooks
from monitor.signals.place import Stretch
from monitor.signals.segments import Segments
from monitor.signals.signs import sign_of
from monitor.signals.windows import Windows
from tests.stage import START, Stage, fact

NOW = 1000
COUNTERS = ("comments", "enters", "clicks")
FEEDS = [Feed(name, name, 0) for name in COUNTERS]


def ring(now: int, per_second: dict[str, dict[int, int]]) -> Windows:
    """`per_second`: counter → first second → what each second from there on counts."""
    windows = Windows(COUNTERS)
    windows.roll(now)
    for counter, changes in per_second.items():
        for second in range(now - 299, now + 1):
            count = [value for since, value in sorted(changes.items()) if since <= second]
            if count and count[-1]:
                one = np.array([0]), np.array([second]), np.array([count[-1]])
                windows.add(counter, *one)
    windows.apply()
    return windows


def hooked(at: float, end: float) -> list[Stretch]:
    return [Stretch("hook", at, 1), Stretch("push", end, 1)]


def measured(windows: Windows, feeds: list[Feed] = FEEDS, at: float = 900, end: float = 912):
    hooks = Hooks(worth=0.5, lateness_s=30)
    hooks.follow(0, hooked(at, end))
    assert [0] == hooks.due(windows.now_slot)
    hooks.measure(0, feeds, windows, windows.now_slot)
    return hooks, hooks.effect(0, at)


def test_comments_that_doubled_were_moved():
    """
    840 ── 10 a second ── 900 hook 912 ── 20 a second ── 942
    """
    hooks, effect = measured(ring(942, {"comments": {0: 10, 912: 20}}))

    assert effect is not None
    assert "moved" == effect.verdict
    [comments] = effect.feeds[:1]
    assert ("comments", 600, 60, 600) == (
        comments.feed, comments.before, comments.before_s, comments.after,
    )  # fmt: skip
    assert 0.9 < (effect.lift or 0) < 1.1
    assert [effect.lift, effect.low, effect.high, VERDICTS["moved"]] == [
        float(column[0]) for column in hooks.columns.values()
    ]


def test_which_seconds_count():
    """
    Before: up to the second in which the hook begins. After: from the one in which it ends.
    """
    changes = {0: 1, 900: 1000, 912: 3, 942: 1000}
    _, effect = measured(ring(950, {"comments": changes}), at=900.7, end=912.3)

    assert effect is not None
    assert (60, 90) == (effect.feeds[0].before, effect.feeds[0].after)


def test_nothing_moved_where_even_the_upper_bound_is_small():
    _, effect = measured(ring(942, {name: {0: 40} for name in COUNTERS}))

    assert effect is not None
    assert ("unmoved", 3) == (effect.verdict, len(effect.feeds))
    assert (effect.high or 1) < 0.5


def test_few_people_tell_nothing():
    _, effect = measured(ring(942, {"comments": {0: 0, 880: 1, 882: 0}}))

    assert effect is not None
    assert "unclear" == effect.verdict
    assert (effect.low or 0) < 0
    assert (effect.high or 0) > 0.5


def test_the_strongest_sign_tells():
    """Comments stay as they were; three times as many come in."""
    _, effect = measured(ring(942, {"comments": {0: 40}, "enters": {0: 10, 912: 30}}))

    assert effect is not None
    assert ("moved", max(feed.low for feed in effect.feeds)) == (effect.verdict, effect.low)
    assert 1.8 < (effect.lift or 0) < 2.2


@pytest.mark.parametrize(
    ("since", "before_s"), [(0, 60), (865, 35), (880, 20), (881, None), (2000, None)]
)
def test_of_what_was_not_heard_nothing_is_guessed(since, before_s):
    _, effect = measured(ring(942, {"comments": {0: 5}}), [Feed("comments", "comments", since)])

    assert effect is not None
    assert ([] if before_s is None else [before_s]) == [feed.before_s for feed in effect.feeds]
    assert ("unclear", None) == (effect.verdict, effect.lift) or before_s


def test_it_is_measured_when_the_seconds_are_over_and_once_more_when_none_can_be_late():
    """
    The hook ends at 912: due at 942, and settled at 973
    """
    hooks = Hooks(worth=0.5, lateness_s=30)
    hooks.follow(0, hooked(900, 912))
    seen = []
    for now in range(935, 980):
        due = hooks.due(now)
        if due:
            hooks.measure(0, FEEDS, ring(now, {"comments": {0: 5}}), now)
        seen.append((now, bool(due)))

    assert [912 + AFTER_S, 912 + AFTER_S + 31] == [now for now, due in seen if due]


def test_a_late_cue_measures_anew_and_what_is_no_hook_is_forgotten():
    """
    hook 900 ── push 912; then we hear that the push began at 906, and then of no hook at all
    """
    windows = ring(975, {"comments": {0: 10, 906: 30}})
    hooks = Hooks(worth=0.5, lateness_s=30)
    hooks.follow(0, hooked(900, 912))
    hooks.measure(0, FEEDS, windows, 975)
    first = hooks.effect(0, 900)
    hooks.follow(0, hooked(900, 906))
    assert hooks.effect(0, 900) is None
    hooks.measure(0, FEEDS, windows, 975)

    second = hooks.effect(0, 900)
    assert first is not None
    assert second is not None
    assert (912, 906) == (first.end, second.end)
    hooks.follow(0, [Stretch("push", 906, 0)])
    assert hooks.effect(0, 900) is None
    assert np.isnan(hooks.columns["hook_verdict"][0])


@settings(max_examples=150, deadline=None)
@given(
    told=st.lists(
        st.tuples(st.sampled_from(["hook", "push", "benefit", "s1", "s2", "end"]),
                  st.integers(900, 990), st.booleans()),
        max_size=25,
    )
)  # fmt: skip
def test_what_follows_one_by_one_is_what_follows_from_the_whole(told):
    """Cues, pins and ends in any order, some hooks measured in between.

    Against asking anew, each time, of all the stretches there are.
    """
    segments, windows = Segments(), ring(1000, {"comments": {0: 10}})
    one_by_one, anew = Hooks(worth=0.5, lateness_s=30), Hooks(worth=0.5, lateness_s=30)
    for what, at, measures in told:
        match what:
            case "end":
                sign = sign_of(fact("session", 0, phase="end"))
            case "s1" | "s2":
                sign = sign_of(fact("pin", 0, sku=what))
            case _:
                sign = sign_of(fact("segment", 0, segment=what))
        assert sign is not None
        segments.take(0, sign._replace(at=float(at)))
        one_by_one.follow(0, segments.stretches(0))
        anew._follow_all(0, segments.stretches(0))
        if measures:
            for hooks in (one_by_one, anew):
                hooks.measure(0, FEEDS, windows, 1000)

        assert anew._open.get(0, []) == one_by_one._open.get(0, [])
        assert anew._effects == one_by_one._effects
    assert anew.due(2000) == one_by_one.due(2000)


def test_what_was_measured_stays_when_the_ring_has_gone_on():
    hooks, effect = measured(ring(950, {"comments": {0: 10}}))
    assert [0] == hooks.due(1400)
    hooks.measure(0, FEEDS, ring(1400, {"comments": {0: 99}}), 1400)

    assert effect == hooks.effect(0, 900)
    assert [] == hooks.due(1401)


def test_a_room_keeps_a_dozen_and_forgets_them_with_the_session():
    hooks = Hooks(worth=0.5, lateness_s=30)
    stretches = [
        Stretch(name, NOW + at * 10 + add)
        for at in range(HOOKS + 5)
        for name, add in (("hook", 0), ("push", 5))
    ]
    hooks.follow(0, stretches)
    hooks.measure(0, [], ring(2000, {}), 2000)

    assert HOOKS == len(hooks._effects[0])
    hooks.forget(0)
    assert hooks.effect(0, NOW + 160) is None
    hooks.grow(400)
    assert 400 <= len(hooks.columns["hook_lift"])


def facts() -> list[Event]:
    """A room at its usual pace, then a hook that moves its comments, and orders."""
    dice = random.Random(5)
    found = [fact("viewers", -1, online=5, id="v")]
    for second in range(240):
        busy = 4 if 131 <= second < 165 else 2
        found += [
            fact("comment", second + number / 8, id=f"c{second}-{number}")
            for number in range(busy + dice.randrange(2))
        ]
        found.append(fact("enter", second + 0.5, user=f"e{second}", id=f"e{second}"))
        if second % 9 == 0:
            order = {"order": f"o{second}", "amount_minor": 100 + second, "id": f"p{second}"}
            found.append(fact("order_created", second + 0.1, **order | {"id": f"n{second}"}))
            found.append(fact("order_paid", second + 4.1, **order))
        if second % 27 == 0:
            found.append(
                fact("order_refunded", second + 20.1, order=f"o{second}", amount_minor=50,
                     id=f"r{second}")
            )  # fmt: skip
    for at, segment in ((3, "push"), (120, "hook"), (131, "push"), (200, "benefit")):
        found.append(fact("segment", at + 0.3, segment=segment, id=f"s{at}"))
    return found


def played(order: list[tuple[float, Event]]) -> tuple[object, list[float | None]]:
    """Facts by when they reach us; the cycles of the room, and the columns of its hook."""
    stage, place = Stage(), 0
    stage.tell("segment", segment="other", id="first", late_s=1)
    while stage.now < START + 310:
        stage.wait(1)
        due = place
        while due < len(order) and order[due][0] <= stage.now:
            due += 1
        stage.receive(*[event for _, event in order[place:due]])
        place = due
    detail = stage.shard.detail("room", stage.now)
    assert detail is not None
    columns = [stage.figure(name) for name in ("hook_lift", "hook_lift_low", "hook_verdict")]
    return to_builtins(detail.cycles), columns


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_order_facts_come_in_the_cycles_and_effects_are_the_same(seed):
    """
    Each up to 25 s late, cues, comments, orders and refunds alike.
    """
    dice = random.Random(seed)
    told = facts()
    in_order = sorted([(event.at, event) for event in told], key=lambda one: one[0])
    shuffled = sorted(
        [
            (event.at + (dice.random() * 25 if event.at > START + 40 else 0), event)
            for event in told
        ],
        key=lambda one: one[0],
    )
    expected, columns = played(in_order)

    assert (expected, columns) == played(shuffled)
    assert VERDICTS["moved"] == columns[-1]
    assert isinstance(expected, list)
    parts = [part for view in expected for part in view["cycle"]["parts"]]
    assert [("other", 1), ("push", 13), ("hook", 1), ("push", 8), ("benefit", 4)] == [
        (part["segment"], part["paid"]) for part in parts
    ]
    assert 9 * 50 == sum(part["refunded_minor"] for part in parts)


def test_what_sits_at_the_platforms_cap_tells_nothing():
    """
    Two arrivals a second are all that is told, before the hook and after it.
    """
    stage = Stage()
    for second in range(120):
        if second in (70, 80):
            stage.tell("segment", segment="hook" if second == 70 else "push")
        stage.comment("在", times=3)
        stage.tell("enter", value=2, capped=True)
        stage.wait(1)
    detail = stage.shard.detail("room", stage.now)

    assert detail is not None
    assert detail.cycles[0].hook is not None
    assert ["comments"] == [feed.feed for feed in detail.cycles[0].hook.feeds]


def test_an_effect_travels_as_plain_values():
    assert {"at": 1.0, "end": 2.0, "verdict": "unclear", "lift": None, "low": None, "high": None,
            "feeds": []} == to_builtins(Effect(at=1.0, end=2.0))  # fmt: skip


def test_hooks_of_many_rooms_that_end_together_are_measured_some_at_a_time():
    """Those that are due longest come first, and none is forgotten."""
    hooks = Hooks(worth=0.5, lateness_s=30.0)
    late, later = range(AT_ONCE, 2 * AT_ONCE + 10), range(AT_ONCE)
    for rows, end in ((later, 1501.0), (late, 1500.0)):
        for row in rows:
            hooks.follow(row, [Stretch("hook", 1490.0), Stretch("push", end)])

    told = [hooks.due(1531.0) for _ in range(4)]

    assert [AT_ONCE, AT_ONCE, 10, 0] == [len(each) for each in told]
    assert [*late, *later] == [row for each in told for row in each]
