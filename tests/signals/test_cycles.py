"""The cycles a room went in, and what each part brought, against plain sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.signals.cycles import FULL, NOTES, SETTLED_S, TOLD, Brought, Cycle, Part, cycles
from monitor.signals.place import Stretch
from monitor.signals.script import DEFAULT_S

NOW = 5000.0


def told(*stretches: Stretch, now: float = NOW, brought=None) -> list[Cycle]:
    return cycles(stretches, brought, lambda _, segment: DEFAULT_S.get(segment), now)


def add(brought: Brought, row: int, at: float, values: list[int]) -> None:
    brought.add(np.array([row]), np.array([at]), np.array([values]))


def test_a_cycle_goes_from_hook_to_hook_and_its_parts_have_lengths():
    """
    0 ─ push ─ 90 ─ hook ─ 104 ─ push ─ 290 ─ (end) ─ 300 ── 400 ─ hook …
    """
    found = told(
        Stretch("push", 0), Stretch("hook", 90, 1, module="m"), Stretch("push", 104, 1),
        Stretch("", 300), Stretch("hook", 400, 2, price_fell=True), now=409,
    )  # fmt: skip

    assert [
        Cycle(number=0, parts=[Part(segment="push", at=0, length_s=90, limit_s=180)]),
        Cycle(
            number=1, module="m",
            parts=[
                Part(segment="hook", at=90, length_s=14, limit_s=15, breach="out of order"),
                Part(segment="push", at=104, length_s=196, limit_s=180, breach="overrun"),
            ],
        ),
        Cycle(number=2, parts=[Part(segment="hook", at=400, limit_s=15, price_fell=True)]),
    ] == found  # fmt: skip


@pytest.mark.parametrize(
    ("before", "one", "breach"),
    [
        ("hook", "benefit", "skipped"), ("benefit", "push", "skipped"),
        ("push", "hook", "out of order"), ("benefit", "hook", ""), ("hook", "hook", ""),
        ("other", "benefit", ""), ("hook", "push", ""),
    ],
)  # fmt: skip
def test_what_was_wrong_with_the_order(before, one, breach):
    found = told(Stretch(before, NOW - 5, 1), Stretch(one, NOW - 1, 1))

    assert breach == found[-1].parts[-1].breach


def test_what_was_only_guessed_breaches_nothing():
    guessed = told(Stretch("hook", 0, 1, 0.5), Stretch("benefit", NOW - 1, 1))

    assert ["", ""] == [part.breach for part in guessed[0].parts]


def test_the_present_part_may_be_over_already_and_few_cycles_are_told():
    stretches = [Stretch("hook", at * 10, at) for at in range(1, TOLD + 4)]
    found = told(*stretches)

    assert (TOLD, TOLD + 3) == (len(found), found[-1].number)
    assert "overrun" == found[-1].parts[0].breach


def test_what_a_part_brought_stands_beside_it():
    found = told(Stretch("hook", 0, 1), Stretch("push", 9, 1), brought=[[1, 2, 3, 4, 5], [0] * 5])
    hook, push = found[0].parts

    assert (1, 2, 3, 4, 5) == (
        hook.paid, hook.gmv_minor, hook.cancelled, hook.refunds, hook.refunded_minor,
    )  # fmt: skip
    assert 0 == push.gmv_minor


orders = st.tuples(st.integers(0, 400), st.integers(1, 9))


@settings(max_examples=60, deadline=None)
@given(
    added=st.lists(orders, max_size=40),
    cuts=st.lists(st.integers(0, 400), unique=True, max_size=5),
    late=st.integers(320, 400),
    settled=st.booleans(),
)
def test_what_each_part_brought_is_the_sum_of_its_seconds(added, cuts, late, settled):
    """
    Settled or not, and when a cue of the last minute and a half parts it anew.
    """
    stretches = [Stretch("hook", float(at), 1) for at in sorted(cuts)]
    brought = Brought()
    brought.wanted[0] = True
    for second, value in added:
        add(brought, 0, second + 0.5, [1, value, 0, 0, 0])
        if settled:
            brought.settle(0, stretches, 400)
    assert late > 400 - SETTLED_S
    stretches = sorted([*stretches, Stretch("push", float(late), 1)], key=lambda one: one.at)

    starts = [one.at for one in stretches]
    expected = [
        [
            sum(1 for second, _ in added if start <= second < end),
            sum(value for second, value in added if start <= second < end), 0, 0, 0,
        ]
        for start, end in zip(starts, [*starts[1:], 1e9], strict=True)
    ]  # fmt: skip
    assert expected == brought.of(0, stretches)


def test_memory_is_bounded_and_rooms_without_a_script_take_none():
    brought = Brought()
    brought.grow(40)
    brought.wanted[:2] = True
    for second in range(2 * NOTES):
        add(brought, second % 3, second, [1, 1, 0, 0, 0])
        for row in list(brought.full):
            brought.settle(row, [Stretch("hook", 0.0, 1)], second)
    brought._sort()

    assert len(brought) <= 2 * (FULL + NOTES)
    assert 0 < brought.of(0, [Stretch("hook", 0.0, 1)])[0][0] == -(-2 * NOTES // 3)
    assert [[0] * 5] == brought.of(2, [Stretch("hook", 0.0, 1)])
    brought.forget(0)
    assert [[0] * 5] == brought.of(0, [Stretch("hook", 0.0, 1)])
