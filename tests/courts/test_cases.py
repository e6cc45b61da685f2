"""What a test plays: facts and figures, in epoch seconds."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

from monitor.alerts.alert import Change
from monitor.courts import cases
from monitor.courts.cases import START, Case, Expected, ImpossibleError
from monitor.events import Mark, Shelf


def case(**fields: Any) -> Case:
    """A test as a file has it."""
    return msgspec.convert({"name": "a", "until": "1m", "expect": [], **fields}, Case)


def played(*items: dict[str, Any]) -> list[tuple[float, str | None, object]]:
    """(seconds since the start, user, value) of each fact that is played."""
    return [
        (fact.at - START, getattr(fact, "user", None), getattr(fact, "value", None))
        for fact in cases.read(case(play=items)).facts
    ]


def test_an_item_may_come_many_times_at_once():
    """Each from another viewer."""
    assert [(5.0, "u1", 1), (5.0, "u2", 1)] == played({"at": "5s", "type": "like", "times": 2})


def test_an_item_may_come_again_and_again():
    assert [0.0, 0.5, 1.0, 1.5] == [
        at for at, _, _ in played({"at": "0s", "type": "like", "every": "500ms", "for": "2s"})
    ]


def test_an_item_may_grow_each_time():
    item = {"at": "1s", "type": "stock", "sku": "s", "value": 9, "step": -2, "for": "3s"}

    assert [9, 7, 5] == [value for _, _, value in played(item)]


def test_an_item_may_follow_a_series():
    """Where nothing is said, or known, no fact comes."""
    item = {"at": "1s", "type": "stock", "sku": "s", "series": "9-2x2 _ stale 4", "every": "2s"}

    assert [(1.0, 9), (3.0, 7), (5.0, 5), (11.0, 4)] == [
        (at, value) for at, _, value in played(item)
    ]


def test_a_series_of_facts_without_a_value_is_how_many_come():
    item = {"at": "0s", "type": "comment", "text": "好", "series": "2 0 1"}

    assert [(0.0, "u1"), (0.0, "u2"), (2.0, "u3")] == [(at, user) for at, user, _ in played(item)]


def test_a_series_may_be_of_another_field():
    item = {"at": "0s", "type": "viewers", "of": "online", "series": "300 200"}

    assert [300, 200] == [fact.online for fact in cases.read(case(play=[item])).facts]


def test_what_is_given_is_not_made_up():
    assert [(0.0, "李敏", 7)] == played({"at": "0s", "type": "like", "user": "李敏", "value": 7})


def test_a_given_figure_makes_its_room_and_product_known_and_says_nothing_else():
    script = cases.read(
        case(
            series=[
                {"figure": "online", "values": 5, "room": "r"},
                {"figure": "stock", "values": "3 2", "sku": "s1", "every": "500ms"},
            ]
        )
    )
    online, stock = script.figures

    assert [
        Mark(room="r", at=START, text="test", by="test"),
        Shelf(room="room", at=START, sku="s1", on=True),
    ] == script.facts
    assert [5, 5] == [online.at(0), online.at(60)]
    assert [3, 3, 2, 2] == [stock.at(0), stock.at(0.25), stock.at(0.5), stock.at(60)]


def test_a_figure_may_be_unknown():
    (online,) = cases.read(case(series=[{"figure": "online", "values": "_ 5 stale"}])).figures

    assert [True, False, True] == [math.isnan(online.at(at)) for at in (0, 1, 2)]


def test_a_test_may_start_in_the_evening():
    script = cases.read(
        case(starts="2026-11-26T20:00:00+08:00", play=[{"at": "5s", "type": "like"}])
    )

    assert (1_795_694_400.0, 1_795_694_405.0) == (script.start, script.facts[0].at)
    assert script.start + 60 == script.end


@pytest.mark.parametrize(
    ("fields", "path", "what"),
    [
        ({"until": "soon"}, ("until",), "`soon` is not a duration"),
        ({"until": "2d"}, ("until",), "`2d` is too long — write `1d` or less"),
        (
            {"play": [{"at": "61s", "type": "like", "for": "5s"}]},
            ("play", 0, "at"),
            "comes after the end — write a later `until`",
        ),
        (
            {"play": [{"at": "0s", "type": "like", "times": 1_000_000}]},
            ("play", 0),
            "more than 200000 facts — play fewer",
        ),
        ({"play": [{"at": "0s", "type": "lik"}]}, ("play", 0, "type"), "unknown fact `lik`"),
        ({"play": [{"type": "like"}]}, ("play", 0, "at"), "`` is not a duration"),
        (
            {"play": [{"at": "0s", "type": "like", "users": 1}]},
            ("play", 0, "users"),
            "`like` has no field `users`",
        ),
        (
            {"play": [{"at": "0s", "type": "like", "value": "x"}]},
            ("play", 0),
            "Expected `int`, got `str`",
        ),
        (
            {"play": [{"at": "0s", "type": "like", "series": "x"}]},
            ("play", 0, "series"),
            "`x` is no part of a series",
        ),
        (
            {"play": [{"at": "0s", "type": "like", "every": "0s"}]},
            ("play", 0, "every"),
            "a step without length",
        ),
        (
            {"series": [{"figure": "onlin", "values": 5}]},
            ("series", 0, "figure"),
            "unknown figure `onlin` — did you mean `online`?",
        ),
        (
            {"series": [{"figure": "stock", "values": 5}]},
            ("series", 0),
            "`stock` is one of a product — write its `sku`",
        ),
        (
            {"series": [{"figure": "online", "values": 5, "sku": "s1"}]},
            ("series", 0),
            "`online` is one of a room — leave `sku` out",
        ),
        (
            {"series": [{"figure": "online", "values": "5 x"}]},
            ("series", 0, "values"),
            "`x` is no part of a series",
        ),
        (
            {"series": [{"figure": "online", "values": 5, "every": "0s"}]},
            ("series", 0, "every"),
            "a step without length",
        ),
        (
            {"expect": [{"at": "now", "rule": "r", "change": "fired"}]},
            ("expect", 0, "at"),
            "`now` is not a duration",
        ),
    ],
)
def test_what_can_not_be_played_is_told_with_its_place(fields, path, what):
    with pytest.raises(ImpossibleError) as told:
        cases.read(case(**fields))

    assert path == told.value.path
    assert what in str(told.value)


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({}, True),
        ({"sku": "s1"}, True),
        ({"values": {"stock": 0}}, True),
        ({"rule": "other"}, False),
        ({"change": "resolved"}, False),
        ({"room": "other"}, False),
        ({"room": "room"}, True),
        ({"segment": "hook"}, False),
        ({"platform": "douyin"}, False),
        ({"sku": "s2"}, False),
        ({"severity": "critical"}, True),
        ({"severity": "warning"}, False),
        ({"values": {"stock": 1}}, False),
    ],
)
def test_a_change_fits_what_was_expected_of_it(fields, fits):
    change = Change(
        at=5.0, key="out|room|s1", rule="out", room="room", sku="s1", change="fired", episode=1,
        severity="critical", values={"stock": 0.0, "pinned": 1.0},
    )  # fmt: skip
    wanted = msgspec.convert({"at": "5s", "rule": "out", "change": "fired", **fields}, Expected)

    assert fits is wanted.fits(change, 5.0)
    assert not wanted.fits(change, 5.25)


def test_an_alert_of_all_rooms_or_of_a_platform_has_no_room():
    change = Change(
        at=5.0, key="out||douyin", rule="out", room="", platform="douyin", change="fired",
        episode=1, severity="critical",
    )  # fmt: skip
    wanted = {"at": "5s", "rule": "out", "change": "fired"}
    fits = [
        msgspec.convert(wanted | fields, Expected).fits(change, 5.0)
        for fields in ({}, {"platform": "douyin"}, {"platform": "taobao"}, {"room": "room"})
    ]

    assert [True, True, False, False] == fits
