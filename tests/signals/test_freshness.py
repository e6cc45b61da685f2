"""Quiet or lost: stalls, paces and the holes they leave."""

from __future__ import annotations

import math

import numpy as np
import pytest

from monitor.signals import freshness as module
from monitor.signals.freshness import ANY, FEEDS, Freshness

START = 1_795_370_000.0


class Feed:
    """One room, heard `rate` times a second."""

    def __init__(self, feed: str = ANY, **settings) -> None:
        self.feed = feed
        self.freshness = Freshness(**settings)
        self.now = START

    def hear(self, times: int = 1) -> None:
        self.freshness.heard(ANY, np.zeros(times, np.int64), self.now)
        if self.feed != ANY:
            self.freshness.heard(self.feed, np.zeros(times, np.int64), self.now)

    def play(self, seconds: float, rate: float = 0.0, only: str | None = None) -> None:
        owed = 0.0
        for _ in range(round(seconds * 4)):
            self.now += 0.25
            owed += rate / 4
            if owed >= 1:
                if only is None:
                    self.hear(int(owed))
                else:
                    self.freshness.heard(only, np.zeros(int(owed), np.int64), self.now)
                owed -= int(owed)
            self.freshness.roll(self.now)

    @property
    def stalled(self) -> bool:
        return bool(self.freshness.stalled[FEEDS.index(self.feed), 0])

    def stalls_after(self, most: float) -> float | None:
        """How long it is silent until it is stalled."""
        for tick in range(round(most * 4)):
            if self.stalled:
                return tick / 4
            self.play(0.25)
        return None

    def whole(self, span_s: float, feed: str | None = None) -> bool:
        return bool(self.freshness.whole(feed or self.feed, span_s, self.now)[0])


@pytest.mark.parametrize(
    ("rate", "after_s"),
    [(20, 10), (5, 10), (2, 15.25), (0.5, 61)],
)
def test_a_silence_is_a_stall_once_enough_is_missing(rate, after_s):
    """
    rate × silence ≥ 30, and 10 s at least
    """
    feed = Feed()
    feed.play(600, rate)

    assert feed.stalls_after(120) == pytest.approx(after_s, rel=0.05)


def test_a_quiet_room_is_quiet():
    """One message in 20 s: four minutes of silence are nothing to speak of."""
    feed = Feed()
    feed.play(1200, 0.05)

    assert feed.stalls_after(240) is None


def test_a_room_that_was_never_heard_is_not_stalled():
    feed = Feed()
    feed.play(600)

    assert not feed.stalled
    assert not feed.whole(10)
    assert math.isnan(feed.freshness.age(ANY, feed.now)[0])


def test_the_pace_is_right_from_the_first_minute_on():
    """An exponential mean that began a minute ago is corrected for it."""
    feed = Feed()
    feed.play(60, 5)

    assert 5 == pytest.approx(feed.freshness.pace[0, 0], rel=0.05)


def test_a_few_messages_do_not_make_a_pace():
    """Ten at once, as some platforms send on connecting, say nothing of the next minute."""
    feed = Feed()
    feed.hear(10)
    feed.play(1)

    assert feed.stalls_after(60) is None


def test_the_pace_stands_still_in_a_stall():
    feed = Feed()
    feed.play(600, 5)
    before = feed.freshness.pace[0, 0]
    feed.play(3600)
    feed.play(60, 5)

    assert before == pytest.approx(feed.freshness.pace[0, 0], rel=0.03)


def test_a_stall_tells_nothing_of_the_pace_of_a_quiet_feed_either():
    """A comment in 20 s: five minutes in which nothing at all came are no calm of it."""
    feed = Feed("comments")
    for _ in range(60):
        feed.hear()
        feed.play(20, 5, only=ANY)
    before = feed.freshness.pace[1, 0]
    feed.play(300)
    feed.play(10, 5, only=ANY)
    feed.hear()
    feed.play(1, 5, only=ANY)

    assert before == pytest.approx(feed.freshness.pace[1, 0], rel=0.1)


def test_the_longer_a_silence_the_less_the_old_pace_tells():
    """A minute of 5 a second is 300 messages; what three hours would have brought is unknown."""
    feed = Feed()
    feed.play(600, 5)
    missed = []
    for seconds in (60, 3 * 3600):
        feed.play(seconds)
        missed.append(float(feed.freshness.missed(ANY, feed.now)[0]))

    assert missed == pytest.approx([295, 5 * 1200 / math.log(2)], rel=0.03)


def test_one_message_does_not_end_a_stall():
    """
    5 a second ── nothing, but one message in 20 s ── 5 a second
                  stalled all the time                fresh again within seconds
    """
    feed = Feed()
    feed.play(600, 5)
    feed.play(20)
    states = []
    for _ in range(6):
        feed.hear()
        feed.play(20)
        states.append(feed.stalled)

    assert [True] * 6 == states
    feed.play(3, 5)
    assert not feed.stalled


def test_a_window_with_a_hole_in_it_is_unknown_until_the_hole_has_left_it():
    feed = Feed()
    feed.play(600, 5)
    assert feed.whole(300)

    feed.play(60)
    assert not feed.whole(10)
    feed.play(5, 5)
    assert not feed.whole(10)
    feed.play(10, 5)
    assert (True, False) == (feed.whole(10), feed.whole(60))
    feed.play(300, 5)
    assert feed.whole(300)


def test_who_hears_nothing_hears_no_comments():
    """A quiet feed within a busy connection has the holes of the connection."""
    feed = Feed("comments")
    feed.play(600, 0.02)
    feed.play(600, 5, only=ANY)
    assert feed.whole(10)

    feed.play(20)
    assert (False, False) == (feed.whole(10), feed.whole(10, ANY))
    assert not feed.stalled


def test_a_feed_may_calm_down_within_a_living_connection():
    """
    comments     5 a second for 20 min ── one in 4 s for 10 min ── 30 s of nothing
    """
    feed = Feed("comments")
    feed.play(1200, 5)
    for _ in range(150):
        feed.hear()
        feed.play(4, 5, only=ANY)

    feed.play(30, 5, only=ANY)
    assert not feed.stalled
    feed.play(300, 5, only=ANY)
    assert feed.stalled


def test_what_comes_in_a_burst_after_a_stall_is_uncertain():
    """
    5 a second ── 60 s of nothing ── 100 in a second, twice ── 5 a second
                  uncertain          uncertain                 certain from the second after
    """
    feed, room = Feed(), np.array([0])
    feed.play(600, 5)
    assert not feed.freshness.uncertain(ANY, room)[0]

    feed.play(60)
    assert feed.freshness.uncertain(ANY, room)[0]
    for _ in range(2):
        feed.hear(100)
        feed.play(1)
        assert feed.freshness.uncertain(ANY, room)[0]
    feed.play(3, 5)
    assert not feed.freshness.uncertain(ANY, room)[0]


def test_a_burst_of_one_feed_is_uncertain_while_others_live():
    """
    comments     5 a second ── 60 s of nothing ── 300 at once        the connection never rests
    """
    feed, room = Feed("comments"), np.array([0])
    feed.play(600, 5)
    feed.play(60, 2, only=ANY)
    assert feed.stalled

    feed.hear(300)
    assert [True, False, False] == [
        bool(feed.freshness.uncertain(name, room)[0]) for name in ("comments", "orders", ANY)
    ]
    feed.play(3, 5)
    assert not feed.freshness.uncertain("comments", room)[0]


def test_rooms_that_are_neither_stalled_nor_catching_up_are_steady():
    feed = Feed()
    feed.play(600, 5)
    steady = [bool(feed.freshness.unsteady[0])]
    feed.play(60)
    steady.append(bool(feed.freshness.unsteady[0]))
    feed.hear(100)
    steady.append(bool(feed.freshness.unsteady[0]))
    feed.play(5, 5)
    steady.append(bool(feed.freshness.unsteady[0]))

    assert [False, True, True, False] == steady


def test_a_new_session_has_a_pace_of_its_own():
    feed = Feed()
    feed.play(600, 5)
    feed.play(60)

    feed.freshness.forget(0)

    assert not feed.stalled
    assert feed.stalls_after(60) is None


def test_growing_keeps_what_is_known():
    feed = Feed()
    feed.play(600, 5)
    feed.play(60)
    pace = feed.freshness.pace[0, 0]

    feed.freshness.grow(100)
    feed.freshness.heard(ANY, np.array([90]), feed.now)

    assert feed.stalled
    assert pace == feed.freshness.pace[0, 0]
    assert 0.0 == feed.freshness.age(ANY, feed.now)[90]


def test_since_when_a_feed_is_heard_without_a_hole():
    """
    comments from 5 s on ── 3 min of five a second ── silence, a stall ── heard again
    """
    feed = Feed("comments")
    feed.hear()
    first = feed.now
    feed.play(180, rate=5.0)
    heard = feed.freshness.since("comments", 0)
    feed.play(120)
    lost = feed.freshness.since("comments", 0)
    feed.play(60, rate=5.0)
    again = feed.freshness.since("comments", 0)

    assert first == heard
    assert math.isnan(lost)
    assert feed.now - 60 <= again <= feed.now - 50
    assert math.isnan(feed.freshness.since("orders", 0))


def played(seed: int) -> list[object]:
    """All that is known after some minutes of feeds that come, fail and come back."""
    dice = np.random.default_rng(seed)
    freshness = Freshness(rows=6)
    told: list[object] = []
    for tick in range(1200):
        now = START + tick / 4
        for feed in FEEDS[:3]:
            rows = np.flatnonzero(dice.random(6) < (0.9, 0.5, 0.0)[tick // 400])
            if len(rows) and (tick // 100) % 5 != 4:
                freshness.heard(feed, np.repeat(rows, 3), now)
        freshness.roll(now)
        told.append(freshness.stalled.tobytes() + freshness.unsteady.tobytes())
        told.append(freshness.calm(5, now))
    names = ("pace", "_means", "_listened_s", "_learned_at", "_owed", "heard_at", "first_at")
    return told + [getattr(freshness, name).tolist() for name in names]


def test_stalls_and_paces_are_the_same_compiled_or_not(monkeypatch):
    fast = played(3)
    monkeypatch.setattr(module, "compiled", None)

    np.testing.assert_equal(played(3), fast)
    assert len(set(map(str, fast))) > 5
