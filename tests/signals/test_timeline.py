"""What happened in a room, in the order in which it did."""

from __future__ import annotations

import random

from monitor import events as facts
from monitor.signals.timeline import MOMENTS, Moment, Timeline

AT = 1_795_370_000.0


def cue(after: float, segment: str, **fields: object) -> facts.Segment:
    return facts.Segment(room="a", at=AT + after, segment=segment, **fields)  # type: ignore[arg-type]


def noted(*events: facts.Event) -> Timeline:
    timeline = Timeline()
    for event in events:
        timeline.note(0, event)
    return timeline


def test_rare_facts_are_moments_and_frequent_ones_are_not():
    """
    A comment is no moment, nor is a coupon that somebody used.
    """
    timeline = noted(
        facts.Pin(room="a", at=AT, sku="7"),
        facts.Price(room="a", at=AT + 1, sku="7", amount_minor=9900),
        facts.LuckyBag(room="a", at=AT + 2, bag="4", phase="draw"),
        facts.Mark(room="a", at=AT + 3, text="换场景", by="李敏"),
        facts.Coupon(room="a", at=AT + 4, coupon="c", phase="used"),
        facts.Comment(room="a", at=AT + 5, user="u", text="好"),
    )

    assert [
        Moment(AT, "pin", "7"),
        Moment(AT + 1, "price", "7", minor=9900),
        Moment(AT + 2, "lucky_bag_draw", "4"),
        Moment(AT + 3, "mark", "换场景", "李敏"),
    ] == timeline.moments(0)


def test_the_order_of_arrival_does_not_matter():
    """
    What is told late stands where it was so.
    """
    cues = [cue(0, "hook"), cue(15, "push"), cue(195, "benefit"), cue(495, "hook")]
    expected = noted(*cues).moments(0)
    for seed in range(5):
        random.Random(seed).shuffle(cues)

        assert expected == noted(*cues).moments(0)


def test_memory_is_bounded_and_a_new_session_begins_with_nothing():
    """
    The oldest moments go.
    """
    timeline = noted(*[cue(10.0 * n, "hook") for n in range(MOMENTS + 50)])

    assert MOMENTS == len(timeline.moments(0))

    timeline.forget(0)

    assert [] == timeline.moments(0)
