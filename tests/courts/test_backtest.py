"""Two rule sets on one recording."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.courts import backtest
from monitor.courts.backtest import Difference, Episode
from monitor.formats.decoder import Decoder
from monitor.replay import frames
from monitor.rules import compile as rules
from monitor.shard import Shard
from tests.alerts.changes import fired, resolved
from tests.stage import START

LOUD = "rules: [{{id: loud, kind: threshold, when: comments_10s >= {}, for: {}}}]"


def episode(fired_at: float, resolved_at: float | None = None, **fields: Any) -> Episode:
    made: dict[str, Any] = {
        "key": "loud|r", "rule": "loud", "room": "r", "sku": None, "severity": "warning",
        "summary": "", "fired_at": fired_at, "resolved_at": resolved_at,
    }  # fmt: skip
    return Episode(**made | fields)


def found(new: list[Episode], old: list[Episode]) -> list[tuple[str, str]]:
    return [(each.what, each.told()) for each in backtest.differences(new, old)]


@pytest.mark.parametrize(
    ("new", "old", "what"),
    [
        ([episode(5, 9)], [episode(5, 9)], [("stays", "")]),
        ([episode(5)], [episode(5)], [("stays", "")]),
        ([episode(5, 9)], [], [("appears", "for 4s")]),
        ([], [episode(5)], [("vanishes", "until the end")]),
        ([episode(6.25, 9)], [episode(5, 9)], [("moves", "fires 1s250ms later")]),
        ([episode(4, 8)], [episode(5, 9)], [("moves", "fires 1s earlier, ends 1s earlier")]),
        ([episode(5, 9)], [episode(5)], [("moves", "ends")]),
        ([episode(5)], [episode(5, 9)], [("moves", "ends no more")]),
        (
            [episode(5, 9, severity="critical")],
            [episode(5, 9)],
            [("moves", "is critical, was warning")],
        ),
        # ├──┤ 60 s ├──┤ is one that moved, a second more and they are two
        ([episode(70, 80)], [episode(5, 10)], [("moves", "fires 1m5s later, ends 1m10s later")]),
        ([episode(71, 80)], [episode(5, 10)], [("vanishes", "for 5s"), ("appears", "for 9s")]),
        # One long episode where there were two short ones.
        ([episode(5, 50)], [episode(5, 9), episode(40, 50)],
         [("moves", "ends 41s later"), ("vanishes", "for 10s")]),
        (
            [episode(5, 9, key="loud|other", room="other")],
            [episode(5, 9)],
            [("appears", "for 4s"), ("vanishes", "for 4s")],
        ),
    ],
)  # fmt: skip
def test_episodes_are_compared_with_those_of_the_same_alert(new, old, what):
    assert sorted(what) == sorted(found(new, old))


def test_differences_come_in_the_order_of_time():
    new = [episode(9, key="b"), episode(5, key="a"), episode(7, key="c")]

    assert [5, 7, 9] == [each.episode.fired_at for each in backtest.differences(new, [])]


def test_an_episode_lasts_from_its_firing_to_its_end():
    """Pending ones, and ends of what began before the recording, are none."""
    first, second = fired(at=2), fired(at=6, episode=2)
    changes = [
        fired(at=1, change="pending"),
        first,
        fired(at=3, change="acked"),
        resolved(first, 4),
        resolved(first, 5),
        second,
    ]

    assert [(2, 4), (6, None)] == [
        (each.fired_at, each.resolved_at) for each in backtest.episodes(changes)
    ]


def test_a_difference_is_a_line_of_json():
    line = json.loads(Difference(episode(6, 9), episode(5)).line())

    assert {
        "what": "moves", "rule": "loud", "room": "r", "sku": None,
        "fired_at": 6, "resolved_at": 9, "severity": "warning",
        "was_fired_at": 5, "was_resolved_at": None, "was_severity": "warning",
        "fired_later_s": 1, "resolved_later_s": None,
    } == line  # fmt: skip


def test_both_are_asked_over_the_same_facts():
    """
    a comment each second from 0 on, for 20 s: three at 2, ten at 9; the last leave at 27 and 22
    """
    lines = [
        json.dumps({"type": "comment", "room": "r", "at": START + at, "user": f"u{at}",
                    "text": "在"}).encode() + b"\n"
        for at in range(20)
    ] + [json.dumps({"type": "like", "room": "r", "at": START + 40}).encode()]  # fmt: skip
    new, old = (Shard(rules.parse(LOUD.format(*how))) for how in ((10, "0s"), (3, "2s")))
    compared = backtest.compare(new, old, Decoder(source="r", format="native"), frames(lines))
    (only,) = compared.differences

    assert only.new is not None
    assert only.old is not None
    assert (9, 4) == (only.new.fired_at - START, only.old.fired_at - START)
    assert (1, 0) == (compared.count("moves"), compared.count("stays"))
    assert 20 == compared.tally.facts["comment"]
