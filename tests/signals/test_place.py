"""Which sign leads where, one room at a time."""

from __future__ import annotations

import math

import pytest

from monitor.signals.place import PRICES, STRETCHES, Place, Stretch
from monitor.signals.signs import CUED_S, sign_of
from tests.stage import START, fact

Told = tuple[float, str, dict[str, object]]


def folded(*told: Told) -> Place:
    place = Place()
    for at, kind, fields in told:
        sign = sign_of(fact(kind, at, **fields))
        assert sign is not None, "this tells nothing"
        place.step(sign)
    return place


def cue(at: float, segment: str, **fields: object) -> Told:
    return at, "segment", {"segment": segment, **fields}


def pin(at: float, sku: str = "s1") -> Told:
    return at, "pin", {"sku": sku}


def price(at: float, minor: int, sku: str = "s1", **fields: object) -> Told:
    return at, "price", {"sku": sku, "amount_minor": minor, **fields}


def said(at: float, text: str) -> Told:
    return at, "speech", {"text": text}


def bag(at: float) -> Told:
    return at, "lucky_bag", {"bag": "b", "phase": "open"}


def went(place: Place) -> list[tuple[str, float, int, float]]:
    return [
        (part.segment, part.at - START, part.cycle, round(part.confidence, 3))
        for part in place.stretches
    ]


def test_the_newest_cue_says_where_the_host_is_and_since_when():
    """
    hook 0 ── push 12 ── benefit 190
    """
    place = folded(cue(0, "hook"), cue(12, "push"), cue(190, "benefit"))

    assert ("benefit", "push", START + 190, 1.0, START, 1.0, 1.0) == (
        place.segment, place.segment_before, place.segment_at, place.cycle, place.hook_at,
        place.confidence, place.confidence_before,
    )  # fmt: skip


def test_said_again_it_goes_on_and_a_hook_after_a_hook_is_a_new_cycle():
    """Its clock, too."""
    assert START + 12 == folded(cue(0, "hook"), cue(12, "push"), cue(40, "push")).segment_at
    assert (START + 9, 2.0) == (
        (place := folded(cue(0, "hook"), cue(9, "hook"))).hook_at,
        place.cycle,
    )


def test_cycles_go_on_from_the_number_the_desk_gives_and_over_a_break():
    assert [("hook", 0, 7, 1), ("hook", 9, 8, 1)] == went(
        folded(cue(0, "hook", cycle=7), cue(9, "hook"))
    )
    assert [("hook", 0, 1, 1), ("", 20, 0, 1), ("hook", 90, 2, 1)] == went(
        folded(cue(0, "hook"), (20, "session", {"phase": "end"}), cue(90, "hook"))
    )


def test_after_the_end_nobody_knows_where_the_host_is():
    columns = folded(cue(0, "hook"), (9, "session", {"phase": "end"})).columns()

    assert all(math.isnan(value) for value in columns)


def test_without_cues_the_signs_tell():
    """
    pin 0 ── price falls 14 ── bag 200 ── another product pinned 500
    """
    place = folded(
        price(-60, 19_900), pin(0), price(14, 9_900), bag(200), price(210, 8_900), pin(500, "s2")
    )

    assert [
        ("hook", 0, 1, 0.5), ("push", 14, 1, 0.6), ("benefit", 200, 1, 0.7), ("hook", 500, 2, 0.5),
    ] == went(place)  # fmt: skip


def test_signs_of_different_kinds_add_up_and_of_one_kind_do_not():
    """1 − 0.5 · 0.4; a second word of the same kind tells nothing new."""
    assert [("hook", 0, 1, 0.8)] == went(folded(pin(0), said(3, "别划走"), said(6, "别划走")))


@pytest.mark.parametrize(
    ("told", "segments"),
    [
        ([said(0, "抽奖")], ["benefit"]),  # where nothing is known
        ([pin(0), said(3, "抽奖")], ["hook"]),  # words do not skip a step
        ([pin(0), said(9, "上链接")], ["hook", "push"]),
        ([pin(0), said(9, "上链接"), said(12, "看好了")], ["hook", "push"]),  # nor go back
        ([pin(0), bag(9)], ["hook", "benefit"]),  # what happens may
        ([pin(0), pin(40)], ["hook"]),  # the same product
        ([pin(0), pin(4, "s2")], ["hook", "hook"]),
        ([price(0, 500), pin(5), price(9, 600)], ["hook"]),  # it rose
        ([pin(0), price(9, 1, "s9", was_minor=5)], ["hook"]),  # not the one on show
        ([price(0, 1, was_minor=5)], ["push"]),  # none is on show
        ([cue(0, "other"), cue(CUED_S - 1, "other"), pin(CUED_S + 9)], ["other"]),
        ([cue(0, "other"), pin(CUED_S)], ["other", "hook"]),  # nobody cues any more
        ([pin(0), (9, "segment", {"segment": "push", "inferred": True})], ["hook", "push"]),
    ],
)
def test_which_signs_count(told, segments):
    assert segments == [part.segment for part in folded(*told).stretches]


def test_a_cue_stands_for_what_was_inferred():
    """
    pin 0, so a hook; the desk says that it began at 3: one cycle, and sure
    """
    place = folded(pin(0), cue(3, "hook"), said(5, "上链接"), cue(15, "push"))

    assert [("hook", 3, 1, 1), ("push", 15, 1, 1)] == went(place)


def test_the_module_is_that_of_the_cycle():
    """Until the next hook, or until another part names another."""
    place = folded(cue(0, "hook", module="工厂溯源"), cue(9, "push"))
    assert "工厂溯源" == place.module

    assert "" == folded(cue(0, "hook", module="工厂溯源"), cue(9, "hook")).module


def test_a_hook_knows_whether_a_price_fell_in_it_or_shortly_before():
    """
    fell 5 s before the first (which tells of a push), in the second, and not in the third
    """
    place = folded(
        price(0, 9, was_minor=19), cue(5, "hook"), cue(20, "hook"), price(25, 8), cue(40, "hook")
    )

    assert [("push", True), ("hook", True), ("hook", True), ("hook", False)] == [
        (part.segment, part.price_fell) for part in place.stretches
    ]


def test_memory_is_bounded():
    place = Place()
    for number in range(PRICES + 50):
        sign = sign_of(fact("price", number, sku=f"s{number}", amount_minor=5))
        cued = sign_of(fact("segment", number, segment="hook"))
        assert sign is not None
        assert cued is not None
        place.step(sign)
        place.step(cued)

    assert (PRICES, STRETCHES) == (len(place.prices), len(place.stretches))
    assert isinstance(place.stretches[0], Stretch)


def test_a_copy_goes_its_own_way():
    place = folded(pin(0))
    other = place.copy()
    sign = sign_of(fact("price", 5, amount_minor=1, was_minor=9))
    assert sign is not None
    other.step(sign)

    assert (["hook"], ["hook", "push"]) == (
        [part.segment for part in place.stretches], [part.segment for part in other.stretches],
    )  # fmt: skip
