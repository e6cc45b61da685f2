"""Lucky bags: who enters, whether they are drawn in time, what a draw costs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.events import LuckyBag
from monitor.mood.mood import Mood
from monitor.signals.bags import BAGS, FIGURES, GRACE_S, LONGEST_S, Bags, bare
from tests.stage import START, Stage, fact


def read(bags: Bags, after: float) -> dict[str, float | None]:
    values = {name: float(bags.read(name, START + after, 1)[0]) for name in FIGURES}
    return {name: None if value != value else value for name, value in values.items()}  # noqa: PLR0124  NaN


def bag(at: float, phase: str, name: str = "b", **fields: object) -> LuckyBag:
    found = fact("lucky_bag", at, bag=name, phase=phase, **fields)
    assert isinstance(found, LuckyBag)
    return found


@pytest.mark.parametrize(
    ("after", "figures"),
    [
        (9, {"bags_open": 1, "bag_open_s": 9, "bag_late_s": 0, "bag_drawn_s": None}),
        (75, {"bags_open": 1, "bag_open_s": 75, "bag_late_s": 15, "bag_drawn_s": None}),
        (90, {"bags_open": 0, "bag_open_s": 0, "bag_late_s": 0, "bag_drawn_s": 10}),
    ],
)
def test_a_bag_that_is_drawn_late(after, figures):
    """
    open 0 ── 60 s ── late ── draw 80
    """
    bags = Bags(30)
    bags.tell(0, bag(0, "open", seconds=60, entrants=5))
    if after > 80:
        bags.tell(0, bag(80, "draw", entrants=300))

    found = read(bags, after)
    assert figures == {name: found[name] for name in figures}
    assert (300 if after > 80 else 5) == found["bag_entrants"]


def test_a_bag_that_nobody_closes_is_over_some_time():
    bags = Bags(30)
    bags.tell(0, bag(0, "open"))

    assert [1, 0] == [read(bags, LONGEST_S + add)["bags_open"] for add in (-1, 0)]
    assert read(bags, 5)["bag_late_s"] is None  # it does not say how long it lasts


def test_rooms_without_bags_know_nothing_and_new_sessions_neither():
    bags = Bags(30)
    bags.grow(40)
    bags.tell(39, bag(0, "open", phrase="来了"))
    bags.forget(39)

    assert {None} == set(read(bags, 1).values())
    assert {} == bags.of(39)


told = st.lists(
    st.tuples(
        st.sampled_from(["open", "draw", "close"]),
        st.sampled_from("bc"),
        st.integers(1, 9) | st.none(),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(told=told, data=st.data())
def test_the_facts_of_a_bag_come_in_any_order(told, data):
    facts = [
        bag(
            at, phase, name, seconds=number, entrants=number, phrase=str(number) if number else None
        )
        for at, (phase, name, number) in enumerate(told)
    ]
    in_order, shuffled = Bags(30), Bags(30)
    for one in facts:
        in_order.tell(0, one)
    for one in data.draw(st.permutations(facts)):
        shuffled.tell(0, one)

    assert in_order.of(0) == shuffled.of(0)
    assert read(in_order, 7) == read(shuffled, 7)


def test_a_room_has_few_bags_at_a_time():
    bags = Bags(30)
    for number in range(BAGS + 9):
        bags.tell(0, bag(number, "open", f"b{number}"))

    assert [f"b{number}" for number in range(9, BAGS + 9)] == list(bags.of(0))


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("冲鸭！", True), (" 冲 鸭 ", True), ("冲鸭冲鸭", True), ("冲鸭 几号链接", False),
        ("冲", False), ("", False), ("好看", False),
    ],
)  # fmt: skip
def test_a_phrase_is_an_entry_whatever_its_marks(text, entry):
    """A short one within other words is not."""
    stage = Stage()
    stage.tell("lucky_bag", bag="b", phase="open", phrase="冲鸭")
    stage.comment(text)
    stage.comment("多少钱")
    stage.wait(1)

    assert (1 if entry else 2, 1 if entry else None) == (
        stage.figure("comments_1m"), stage.figure("bag_entries_1m"),
    )  # fmt: skip


def test_a_long_phrase_may_stand_within_more_words():
    assert "主播今天真好看" == bare("主播，今天真好看~")
    stage = Stage()
    stage.tell("lucky_bag", bag="b", phase="open", phrase="主播今天真好看")
    stage.comment("啊啊主播今天真好看!!!")
    stage.comment("今天真好看")
    stage.wait(1)

    assert (1, 1) == (stage.figure("comments_1m"), stage.figure("bag_entries_1m"))


def test_the_flood_of_a_bag_is_no_engagement_and_no_mood():
    """
    Twenty enter with a phrase that reads like a complaint; two people ask something.
    """
    stage = Stage(mood=Mood())
    stage.tell("lucky_bag", bag="b", phase="open", phrase="我要退货", seconds=60)
    stage.comment("我要退货", times=20)
    stage.comment("多少钱", times=2)
    stage.comment("我要退货", is_host=True)
    stage.wait(1)

    assert (2, 2, 2, 0, 20) == tuple(
        stage.figure(name)
        for name in (
            "comments_1m", "commenters_1m", "interactors_1m", "negative_1m", "bag_entries_1m",
        )
    )  # fmt: skip
    assert (1, 0) == (stage.figure("feed_age_s_comments"), stage.figure("bag_late_s"))


def test_what_is_an_entry_is_decided_by_when_it_was_written():
    """
    ── open 10 ══════ draw 20 ══ 30 ──      however late it is told
    """
    stage = Stage()
    stage.wait(10)
    stage.tell("lucky_bag", bag="b", phase="open", phrase="冲")
    stage.wait(10)
    stage.tell("lucky_bag", bag="b", phase="draw")
    stage.wait(15)
    for at in (9.9, 10, 20, 20 + GRACE_S, 20.1 + GRACE_S):
        stage.comment("冲", late_s=35 - at)
    stage.wait(0.25)

    assert (2, 3) == (stage.figure("comments_1m"), stage.figure("bag_entries_1m"))


@pytest.mark.parametrize("together", [True, False])
def test_a_bag_is_known_to_what_comes_with_it_and_after_it(together):
    """
    A comment waits to be counted; then the bag; its entries, in the same message or the next.
    """
    stage = Stage()
    stage.tell("lucky_bag", bag="a", phase="open")
    stage.wait(1)
    stage.comment("几号链接")
    bag_fact = fact("lucky_bag", 1, bag="b", phase="open", phrase="冲", id="b")
    entry = fact("comment", 1, text="冲", user="x", id="e")
    for batch in [[entry, bag_fact]] if together else [[bag_fact], [entry]]:
        stage.receive(*batch)
    stage.wait(1)

    assert (1, 1) == (stage.figure("comments_1m"), stage.figure("bag_entries_1m"))


def test_other_rooms_are_not_looked_at():
    stage = Stage()
    stage.tell("lucky_bag", room="a", bag="b", phase="open", phrase="冲")
    stage.tell("viewers", room="a", online=1)
    for room in ("a", "b"):
        stage.comment("冲", room=room)
    stage.wait(1)

    assert [None, 1] == [stage.figure("bag_entries_1m", room) or None for room in ("b", "a")]
    assert 1 == stage.figure("comments_1m", "b")


def test_what_a_draw_cost_is_known_a_minute_later():
    """
    Four comments a second and 200 people until the draw at 100; then one, and 150 people
    """
    stage = Stage()
    stage.tell("lucky_bag", bag="b", phase="open", seconds=60, phrase="冲")
    seen = []
    for second in range(200):
        if second == 100:
            stage.tell("lucky_bag", bag="b", phase="draw")
        stage.comment("在", times=4 if second < 100 else 1)
        if second < 100 + GRACE_S:
            stage.comment("冲", times=2)
        stage.tell("viewers", online=200 if second < 101 else 150)
        stage.wait(1)
        seen.append(stage.figure("bag_comments_drop"))

    assert (None, 0.75) == (seen[158], seen[160])
    assert (0.25, 0.75) == (stage.figure("bag_online_drop"), stage.figure("bag_comments_drop"))
    assert 100 == stage.figure("bag_drawn_s")
