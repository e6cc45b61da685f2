"""The life of alerts, against one plain state machine a cell, written from the table."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts import lifecycle as lifecycle_module
from monitor.alerts.lifecycle import Flap, Lifecycle, Timing

START = 1_795_370_000.0
HOLDS, FAILS, UNKNOWN = "holds", "fails", "unknown"


class Cell:
    """One alert, as the table says, with every time it fired."""

    def __init__(self, for_s: float, keep_s: float, flap: Flap | None = None) -> None:
        self.for_s, self.keep_s, self.flap = for_s, keep_s, flap
        self.state = "quiet"
        self.unknown = False
        self.flapping = False
        self.held_s = 0.0  # for how long it holds, unknown time left out
        self.unseen_s = 0.0  # for how long it does not
        self.fired: list[float] = []

    def step(self, answer: str, elapsed: float, now: float) -> list[str]:
        before = self.state
        keep_s = max(self.keep_s, self.flap.calm_s) if self.flap and self.flapping else self.keep_s
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
                self.state = "quiet" if self.unseen_s >= keep_s else "recovering"
        moves = {
            ("quiet", "pending"): "pending",
            ("quiet", "firing"): "fired",
            ("pending", "firing"): "fired",
            ("pending", "quiet"): "quiet",
            ("firing", "quiet"): "resolved",
            ("recovering", "quiet"): "resolved",
            ("firing", "recovering"): "recovering",
            ("recovering", "firing"): "back",
        }
        told = [moves[before, self.state]] if before != self.state else []
        was, self.unknown = self.unknown, self.state != "quiet" and answer == "unknown"
        if was != self.unknown and self.state != "quiet":
            told.append("unknown" if self.unknown else "known")
        if told[:1] == ["fired"]:
            self.unseen_s = 0.0
            self.fired.append(now)
            if self.flap:
                late = self.fired[-self.flap.times :]
                self.flapping = len(late) == self.flap.times and now - late[0] <= self.flap.within_s
        if told[:1] == ["resolved"] and self.flapping:
            self.flapping, self.fired = False, []
        return told


answers = st.sampled_from([HOLDS, HOLDS, FAILS, FAILS, UNKNOWN])
spans = st.sampled_from([0.0, 0.25, 1.0, 2.5])
flaps = st.sampled_from([None, Flap(2, 3.0, 1.0), Flap(3, 8.0, 2.0)])
RULES, ROWS = 3, 4


@settings(max_examples=150, deadline=None)
@given(
    timings=st.tuples(*[st.tuples(spans, spans, flaps)] * RULES),
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
            expected += [(what, *place) for what in cell.step(answer, elapsed, now)]

        assert expected == lifecycle.step(now)
        assert [cell.flapping for cell in cells.values()] == lifecycle.flapping.ravel().tolist()
        assert [cell.unknown for cell in cells.values()] == lifecycle.unknown.ravel().tolist()


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
        (0, 2, "+-+--", ["0 fired", "1 recovering", "2 back", "3 recovering", "4 resolved"]),
        (0, 0, "+??-", ["0 fired", "1 unknown", "3 resolved"]),
        # three ticks unknown: their clock stands
        (2, 0, "+???+++", ["0 pending", "1 unknown", "4 known", "5 fired"]),
        (0, 2, "+-???-", ["0 fired", "1 recovering", "2 unknown", "5 resolved"]),
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
        ("firing", "-----", ["0 recovering", "3 resolved"]),
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


def test_what_comes_and_goes_is_one_alert_until_it_is_calm():
    """
    It fires at 0, 2 and 4: three times within 5 s. From then on it ends after 3 s of calm.
    """
    lifecycle = Lifecycle([Timing("r", flap=Flap(3, 5.0, 3.0))])

    told = play(lifecycle, "+-+-+-+-----+-")

    assert [
        "0 fired", "1 resolved", "2 fired", "3 resolved", "4 fired", "5 recovering", "6 back",
        "7 recovering", "9 resolved", "12 fired", "13 resolved",
    ] == told  # fmt: skip


def test_an_acknowledgement_ends_with_its_episode():
    lifecycle = Lifecycle([Timing("r")])
    play(lifecycle, "+")
    lifecycle.acked[0, 0] = True
    play_on(lifecycle, "+", START + 1)
    assert lifecycle.acked[0, 0]

    play_on(lifecycle, "-+", START + 2)
    assert not lifecycle.acked[0, 0]


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize(("same", "told"), [(True, ["fired", "resolved"]), (False, ["resolved"])])
def test_a_rule_goes_on_where_another_life_cycle_left_it(alone, same, told):
    """Row 0 is pending since 0 with `for` 2 s, row 1 fires; then the rule may be the second one."""
    before = Lifecycle([Timing("r", 2)], rows=2)
    before.restore((0, 1), "firing", START, START)
    before.holds[0], before.fails[0] = (True, True), (False, False)
    before.step(START)
    index = 0 if alone else 1
    after = Lifecycle([Timing("r", 2)] if alone else [Timing("q"), Timing("r", 2)], rows=1)
    if alone:
        after.take_all(before)
    else:
        after.take_over(1, before, 0)
    if not same:
        after.ask_anew(index)
    after.holds[index, :2], after.fails[index, :2] = (True, False), (False, True)

    steps = after.step(START + 2)

    assert told == [step.what for step in steps if step.what in ("fired", "resolved")]


def test_what_is_remembered_of_firing_is_bounded(monkeypatch):
    monkeypatch.setattr("monitor.alerts.lifecycle.REMEMBERED", 3)
    lifecycle = Lifecycle([Timing("r", flap=Flap(2, 60.0, 3.0))], rows=8)
    lifecycle.holds[0] = True
    lifecycle.step(START)

    assert 3 == len(lifecycle._fires)


def test_a_row_that_is_forgotten_fires_like_a_new_one():
    """It was flapping, and fired twice already."""
    lifecycle = Lifecycle([Timing("r", flap=Flap(2, 60.0, 30.0))])
    play(lifecycle, "+-+")
    lifecycle.forget([0, 99])

    assert not lifecycle.flapping.any()
    assert ["0 fired", "1 resolved"] == play(lifecycle, "+-")


def test_compiled_or_not_alerts_live_the_same(monkeypatch):
    """Most cells are quiet, rows are no multiple of eight, answers stay for a while."""
    flap = Flap(2, 30.0, 3.0)
    timings = [Timing("a"), Timing("b", 1.0, 2.0), Timing("c", 0.5, 0.0, flap), Timing("d", 0, 9)]
    lived = []
    for _ in range(2):
        dice = np.random.default_rng(7)
        lifecycle = Lifecycle(timings, rows=37)
        told = []
        for tick in range(120):
            answer = dice.integers(0, 12, lifecycle.state.shape)
            lifecycle.holds ^= answer == 0
            lifecycle.fails[:] = ~lifecycle.holds & (answer != 1)
            told.append(lifecycle.step(START + tick * 0.25))
        lived.append((told, [getattr(lifecycle, name).tolist() for name in Lifecycle.ARRAYS]))
        monkeypatch.setattr(lifecycle_module, "compiled", None)

    assert lived[1] == lived[0]
    assert {"fired", "back", "unknown", "resolved"} <= {step.what for each in told for step in each}
