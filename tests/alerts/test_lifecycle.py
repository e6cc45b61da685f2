"""The life of alerts, against one plain state machine a cell, written from the table."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.lifecycle import Lifecycle, Timing

START = 1_795_370_000.0
HOLDS, FAILS, UNKNOWN = "holds", "fails", "unknown"


class Cell:
    """One alert, as the table says."""

    def __init__(self, for_s: float, keep_s: float) -> None:
        self.for_s, self.keep_s = for_s, keep_s
        self.state = "quiet"
        self.held_s = 0.0  # for how long it holds, unknown time left out
        self.unseen_s = 0.0  # for how long it does not

    def step(self, answer: str, elapsed: float) -> str | None:
        before = self.state
        match before, answer:
            case "quiet", "holds":
                self.held_s = 0.0
                self.state = "firing" if self.for_s == 0 else "pending"
            case "pending", "holds":
                self.held_s += elapsed
                self.state = "firing" if self.held_s >= self.for_s else "pending"
            case "pending", "fails":
                self.state = "quiet"
            case (("firing" | "recovering"), "holds"):
                self.state = "firing"
                self.unseen_s = 0.0
            case (("firing" | "recovering"), "fails"):
                self.unseen_s += elapsed
                self.state = "quiet" if self.unseen_s >= self.keep_s else "recovering"
        if self.state == "firing" and before in ("quiet", "pending"):
            self.unseen_s = 0.0
        moves = {
            ("quiet", "pending"): "pending",
            ("quiet", "firing"): "fired",
            ("pending", "firing"): "fired",
            ("pending", "quiet"): "quiet",
            ("firing", "quiet"): "resolved",
            ("recovering", "quiet"): "resolved",
        }
        return moves.get((before, self.state))


answers = st.sampled_from([HOLDS, HOLDS, FAILS, FAILS, UNKNOWN])
spans = st.sampled_from([0.0, 0.25, 1.0, 2.5])
RULES, ROWS = 3, 4


@settings(max_examples=150, deadline=None)
@given(
    timings=st.tuples(*[st.tuples(spans, spans)] * RULES),
    ticks=st.lists(
        st.tuples(
            st.sampled_from([0.25, 0.25, 0.5, 3.0]),
            st.lists(answers, min_size=RULES * ROWS, max_size=RULES * ROWS),
        ),
        max_size=25,
    ),
)
def test_every_cell_lives_by_the_table(timings, ticks):
    lifecycle = Lifecycle([Timing(f"r{n}", *timing) for n, timing in enumerate(timings)], rows=2)
    lifecycle.grow(ROWS)
    cells = {
        (rule, row): Cell(*timings[rule])
        for rule, row in itertools.product(range(RULES), range(ROWS))
    }
    now = START
    for elapsed, told in ticks:
        now += elapsed
        expected = []
        for (place, cell), answer in zip(cells.items(), told, strict=True):
            lifecycle.holds[place] = answer == HOLDS
            lifecycle.fails[place] = answer == FAILS
            what = cell.step(answer, elapsed)
            if what:
                expected.append((what, *place))

        assert expected == lifecycle.step(now)


def play(lifecycle: Lifecycle, story: str, tick: float = 1.0) -> list[str]:
    """One cell; a letter a tick: `+` holds, `-` does not, `?` unknown."""
    told = []
    for number, answer in enumerate(story):
        lifecycle.holds[0, 0], lifecycle.fails[0, 0] = answer == "+", answer == "-"
        told += [f"{number} {step.what}" for step in lifecycle.step(START + number * tick)]
    return told


@pytest.mark.parametrize(
    ("for_s", "keep_s", "story", "told"),
    [
        (0, 0, "-+-", ["1 fired", "2 resolved"]),
        (2, 0, "+++-", ["0 pending", "2 fired", "3 resolved"]),
        (2, 0, "++-+++", ["0 pending", "2 quiet", "3 pending", "5 fired"]),
        (0, 2, "+-+--", ["0 fired", "4 resolved"]),
        (0, 0, "+??-", ["0 fired", "3 resolved"]),
        (2, 0, "+???+++", ["0 pending", "5 fired"]),  # three ticks unknown: their clock stands
        (0, 2, "+-???-", ["0 fired", "5 resolved"]),
        (0, 0, "???", []),
    ],
)
def test_stories(for_s, keep_s, story, told):
    assert told == play(Lifecycle([Timing("r", for_s, keep_s)]), story)


def test_since_when_it_holds_is_known():
    lifecycle = Lifecycle([Timing("r", 5)])
    play(lifecycle, "-+++")

    assert START + 1 == lifecycle.since[0, 0]


def test_growing_keeps_the_states():
    lifecycle = Lifecycle([Timing("r", 2)], rows=1)
    play(lifecycle, "+")

    lifecycle.grow(50)

    assert lifecycle.rows >= 50
    assert ["1 fired"] == play_on(lifecycle, "++", START + 1)


def play_on(lifecycle: Lifecycle, story: str, now: float) -> list[str]:
    told = []
    for number, answer in enumerate(story):
        lifecycle.holds[0, 0], lifecycle.fails[0, 0] = answer == "+", answer == "-"
        told += [f"{number} {step.what}" for step in lifecycle.step(now + number)]
    return told


@pytest.mark.parametrize(
    ("state", "story", "told"),
    [
        ("firing", "-----", ["3 resolved"]),
        ("firing", "+", []),
        ("pending", "+", ["0 fired"]),
        ("pending", "-", ["0 quiet"]),
        ("recovering", "-----", ["3 resolved"]),
    ],
)
def test_a_restored_alert_goes_on_where_it_was(state, story, told):
    """
    It held 10 s ago for the first time; `for` 5 s, `keep` 3 s; the restart was last seen holding.
    """
    lifecycle = Lifecycle([Timing("r", 5, 3)], rows=1)
    lifecycle.restore((0, 0), state, START - 10, START)

    assert told == play_on(lifecycle, story, START)


def test_no_rules_and_no_rows_are_nothing_to_tell():
    assert [] == Lifecycle([]).step(START)
    assert [] == Lifecycle([Timing("r")]).step(START)
