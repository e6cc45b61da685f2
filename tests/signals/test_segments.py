"""Where the host is in the golden structure, whatever order cues and signs come in."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.signals.place import CODES, Place
from monitor.signals.segments import COLUMNS, REMEMBERED, Segments
from monitor.signals.signs import Sign, sign_of
from tests.stage import START, fact


def place(segments: Segments, row: int = 0) -> dict[str, float | None]:
    values = {name: float(segments.columns[name][row]) for name in COLUMNS}
    return {name: None if math.isnan(value) else value for name, value in values.items()}


def sign(kind: str, at: float, **fields: object) -> Sign:
    found = sign_of(fact(kind, at, **fields))
    assert found is not None, "this tells nothing"
    return found


def cued(*cues: tuple[float, str]) -> Segments:
    segments = Segments()
    for at, segment in cues:
        segments.take(0, sign("segment", at, segment=segment))
    return segments


def test_nobody_knows_before_the_first_sign():
    assert {None} == set(place(cued()).values())


facts = st.one_of(
    st.tuples(
        st.just("segment"),
        st.fixed_dictionaries(
            {"segment": st.sampled_from(sorted(CODES)), "inferred": st.booleans()},
            optional={"cycle": st.integers(0, 9), "module": st.sampled_from("mn")},
        ),
    ),
    st.tuples(st.just("pin"), st.fixed_dictionaries({"sku": st.sampled_from("ab")})),
    st.tuples(
        st.just("price"),
        st.fixed_dictionaries(
            {"sku": st.sampled_from("ab"), "amount_minor": st.integers(1, 4)},
            optional={"was_minor": st.integers(1, 4)},
        ),
    ),
    st.just(("lucky_bag", {"bag": "b", "phase": "open"})),
    st.tuples(
        st.just("speech"),
        st.fixed_dictionaries({"text": st.sampled_from(["别划走", "上链接", "抽奖"])}),
    ),
    st.just(("session", {"phase": "end"})),
)


@settings(max_examples=150, deadline=None)
@given(
    told=st.lists(st.tuples(facts, st.sampled_from([0, 3, 250])), max_size=20),
    data=st.data(),
)
def test_the_order_of_arrival_does_not_matter(told, data):
    """
    Cues, signs and ends, some of one instant: against folding them by when they were so.
    """
    at, signs = 0.0, []
    for (kind, fields), gap in told:
        at += gap
        signs.append(sign(kind, at, **fields))
    expected = Place()
    for one in sorted(signs):
        expected.step(one)

    segments = Segments()
    for one in data.draw(st.permutations(signs)):
        segments.take(0, one)

    values = (*expected.columns(), math.nan)
    known = {name: None if math.isnan(v) else v for name, v in zip(COLUMNS, values, strict=True)}
    assert known == place(segments)
    assert expected.stretches == segments.stretches(0)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_beyond_what_is_remembered_a_late_sign_finds_its_place(data):
    """
    Hundreds of cues, each up to `REMEMBERED` places late: the same as in order.
    """
    names = ("hook", "push", "benefit")
    count = 4 * REMEMBERED
    late = data.draw(st.lists(st.integers(0, REMEMBERED // 2), min_size=count, max_size=count))
    order = sorted(range(count), key=lambda index: (index + late[index], index))

    in_order = cued(*[(at * 10, names[at % 3]) for at in range(count)])
    shuffled = cued(*[(at * 10, names[at % 3]) for at in order])

    assert place(in_order) == place(shuffled)
    assert in_order.stretches(0) == shuffled.stretches(0)


def test_a_cue_from_long_ago_changes_nothing():
    cues = [(at * 10, ("hook", "push", "benefit")[at % 3]) for at in range(3 * REMEMBERED)]
    segments = cued(*cues)
    before = place(segments)

    segments.take(0, sign("segment", 5, segment="benefit"))

    assert before == place(segments)
    assert REMEMBERED == before["cycle"]


def test_a_limit_is_that_of_the_room_the_module_and_the_segment():
    """And is asked for again when the config says others."""
    limits = {(0, "", "hook"): 20.0, (0, "m", "push"): 600.0}
    segments = Segments(lambda *asked: limits.get(asked, math.nan))
    found = []
    for at, segment, fields in ((0, "hook", {}), (9, "push", {"module": "m"}), (20, "benefit", {})):
        segments.take(0, sign("segment", at, segment=segment, **fields))
        found.append(place(segments)["segment_limit_s"])
    limits[0, "m", "benefit"] = 99.0
    segments.measured_anew()

    assert [20.0, 600.0, None, 99.0] == [*found, place(segments)["segment_limit_s"]]
    assert "m" == segments.module(0)


def test_rooms_do_not_know_of_each_other_and_may_grow():
    segments = Segments(rows=2)
    segments.take(1, sign("segment", 0, segment="hook"))
    segments.grow(40)
    segments.take(39, sign("segment", 0, segment="push"))

    assert [None, CODES["hook"], CODES["push"]] == [
        place(segments, row)["segment"] for row in (0, 1, 39)
    ]
    assert ("", []) == (segments.module(0), segments.stretches(0))


def test_a_new_session_knows_of_no_segment_but_of_prices():
    """
    9.90 was the price before: 8.90 is a fall in the first hook of the next session.
    """
    segments = cued((0, "hook"), (9, "push"))
    segments.take(0, sign("price", 10, amount_minor=990))
    segments.forget(0)
    assert {None} == set(place(segments).values())

    segments.take(0, sign("segment", 100, segment="hook"))
    segments.take(0, sign("price", 105, amount_minor=890))
    assert (None, START + 105) == (
        place(segments)["segment_before"], place(segments)["price_drop_at"],
    )  # fmt: skip
