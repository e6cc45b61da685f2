"""Where the host is in the golden structure, whatever order the cues come in."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.segments import CODES, LIMITS_S, REMEMBERED, Place, Segments, after
from tests.stage import START, fact

ORDER = ["other", "hook", "push", "benefit"]


def place(segments: Segments, row: int = 0) -> dict[str, float | None]:
    values = {name: float(segments.columns[name][row]) for name in Place._fields}
    return {name: None if math.isnan(value) else value for name, value in values.items()}


def cued(*cues: tuple[float, str]) -> Segments:
    segments = Segments()
    for at, segment in cues:
        segments.cue(0, fact("segment", at, segment=segment))
    return segments


def test_nobody_knows_before_the_first_cue():
    assert set(place(cued()).values()) == {None}


def test_the_newest_cue_says_where_the_host_is_and_since_when():
    """
    hook 0 ── push 12 ── benefit 190
    """
    assert {
        "segment": CODES["benefit"], "segment_before": CODES["push"], "segment_at": START + 190,
        "cycle": 1.0, "inferred": 0.0, "hook_at": START,
    } == place(cued((0, "hook"), (12, "push"), (190, "benefit")))  # fmt: skip


def test_said_again_it_goes_on():
    """Its clock, too; but a hook after a hook is a new cycle."""
    assert START + 12 == place(cued((0, "hook"), (12, "push"), (40, "push")))["segment_at"]
    assert (START + 9, 2.0) == tuple(
        place(cued((0, "hook"), (9, "hook")))[name] for name in ("hook_at", "cycle")
    )


def test_a_cue_may_name_its_cycle():
    segments = cued((0, "hook"))
    segments.cue(0, fact("segment", 5, segment="hook", cycle=7, inferred=True))

    assert (7.0, 1.0) == (place(segments)["cycle"], place(segments)["inferred"])


@given(
    cues=st.lists(st.sampled_from(ORDER), max_size=REMEMBERED),
    data=st.data(),
)
def test_the_order_of_arrival_does_not_matter(cues, data):
    """As many as are remembered, against folding them in the order of time."""
    expected = Place()
    facts = [fact("segment", at, segment=segment) for at, segment in enumerate(cues)]
    for cue in facts:
        expected = after(expected, cue)

    segments = Segments()
    for cue in data.draw(st.permutations(facts)):
        segments.cue(0, cue)

    assert place(segments) == {
        name: None if math.isnan(value) else value for name, value in expected._asdict().items()
    }


def test_a_cue_from_long_ago_changes_nothing():
    cues = [(at * 10, ("hook", "push", "benefit")[at % 3]) for at in range(3 * REMEMBERED)]
    segments = cued(*cues)
    before = place(segments)

    segments.cue(0, fact("segment", 5, segment="benefit"))

    assert before == place(segments)
    assert REMEMBERED == before["cycle"]


def test_the_newest_fall_of_a_price_counts():
    segments = cued()
    for at in (5, 9, 7):
        segments.price_fell(0, START + at)

    assert START + 9 == segments.columns["price_drop_at"][0]


def test_rooms_do_not_know_of_each_other_and_may_grow():
    segments = Segments(rows=2)
    segments.cue(1, fact("segment", 0, segment="hook"))
    segments.grow(40)
    segments.cue(39, fact("segment", 0, segment="push"))

    assert [None, CODES["hook"], CODES["push"]] == [
        place(segments, row)["segment"] for row in (0, 1, 39)
    ]


def test_without_a_broadcast_there_is_no_segment():
    segments = cued((0, "hook"), (9, "push"))
    segments.forget(0)
    assert set(place(segments).values()) == {None}

    segments.cue(0, fact("segment", 20, segment="benefit"))
    assert None is place(segments)["segment_before"]


@pytest.mark.parametrize("segment", ["hook", "push", "benefit"])
def test_each_part_has_its_limit(segment):
    assert {"hook": 15, "push": 180, "benefit": 300}[segment] == LIMITS_S[segment]
