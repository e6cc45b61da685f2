"""One test, played to rules."""

from __future__ import annotations

from typing import Any

import msgspec

from monitor.alerts.alert import Change
from monitor.courts import cases, trial
from monitor.courts.cases import START, Case
from monitor.mood.mood import Mood
from monitor.rules import compile as rules

LOUD = "rules: [{id: loud, kind: threshold, when: comments_10s >= 3, for: 2s}]"
OUT = "rules: [{id: out, kind: threshold, scope: product, when: stock == 0}]"


def told(text: str, **fields: Any) -> list[tuple[float, str, str | None, str]]:
    """(seconds, rule, product, change) of what these rules say of a test."""
    return [
        (change.at - START, change.rule, change.sku, change.change)
        for change in changes(text, **fields)
        if change.change != "pending"
    ]


def changes(text: str, **fields: Any) -> list[Change]:
    case = msgspec.convert({"name": "a", "until": "20s", "expect": [], **fields}, Case)
    return trial.play(case, cases.read(case), rules.parse(text), Mood())


def test_a_fact_is_seen_by_the_tick_of_its_time():
    """Three comments at 1 s hold for two seconds at 3 s, and have left their window at 11 s."""
    play = [{"at": "1s", "type": "comment", "text": "在", "times": 3}]

    assert [(3.0, "loud", None, "fired"), (11.0, "loud", None, "resolved")] == told(LOUD, play=play)


def test_a_given_figure_is_what_rules_read():
    """From its second on; the last number stands."""
    series = [{"figure": "comments_10s", "values": "2x4 3x4 0"}]

    assert [(7.0, "loud", None, "fired"), (10.0, "loud", None, "resolved")] == told(
        LOUD, series=series
    )


def test_a_gap_in_a_given_figure_is_unknown_and_stops_the_clock():
    """It holds from 5 s on, is unknown from 6 s to 9 s, and so fires three seconds later."""
    series = [{"figure": "comments_10s", "values": "2x4 3 stalex3 3"}]

    assert [(10.0, "loud", None, "fired")] == told(LOUD, series=series)


def test_a_figure_is_given_to_one_product_alone():
    series = [
        {"figure": "stock", "values": "1 0", "sku": "s1"},
        {"figure": "stock", "values": "1", "sku": "s2"},
    ]

    assert [(1.0, "out", "s1", "fired")] == told(OUT, series=series)


def test_rooms_are_those_of_the_config():
    text = """\
rules: [{id: loud, kind: threshold, when: comments_10s >= 1, summary: "{{ room_name }}"}]
"""
    play = [{"at": "1s", "type": "comment", "text": "在"}]
    found = changes(text, play=play, rooms=[{"room": "room", "name": "一号"}])

    assert ["一号", "一号"] == [change.summary for change in found if change.change == "fired"] * 2


def test_a_watcher_sees_every_tick_with_what_changed_in_it():
    case = msgspec.convert(
        {
            "name": "a",
            "until": "2s",
            "expect": [],
            "series": [{"figure": "comments_10s", "values": "2 5"}],
        },
        Case,
    )
    text = LOUD.replace("2s", "0s")
    seen: list[tuple[float, int]] = []
    trial.play(
        case,
        cases.read(case),
        rules.parse(text),
        Mood(),
        lambda shard, found: seen.append((float(shard.scopes.room["comments_10s"][0]), len(found))),
    )

    assert [(2.0, 0)] * 3 + [(5.0, 1)] + [(5.0, 0)] * 4 == seen


def test_what_is_missing_stands_beside_what_there_is():
    play = [{"at": "1s", "type": "comment", "text": "在", "times": 3}]
    expect = [
        {"at": "4s", "rule": "loud", "change": "fired"},
        {"at": "11s", "rule": "loud", "change": "resolved"},
    ]
    found = changes(LOUD, play=play)
    case = msgspec.convert({"name": "a", "until": "20s", "expect": expect, "play": play}, Case)
    script = cases.read(case)
    missing, unexpected = trial.judge(found, script.wanted, script.start)

    assert [(case.expect[0], " (there is 3s loud fired (comments_10s=3.0))")] == missing
    assert ["3s loud fired (comments_10s=3.0)"] == unexpected
    assert not trial.passes(found, script.wanted, script.start)


def test_pending_is_compared_where_it_is_expected():
    play = [{"at": "1s", "type": "comment", "text": "在", "times": 3}]
    expect = [{"at": f"{at}s", "rule": "loud", "change": change} for at, change in
              ((1, "pending"), (3, "fired"), (11, "resolved"))]  # fmt: skip
    script = cases.read(
        msgspec.convert({"name": "a", "until": "20s", "expect": expect, "play": play}, Case)
    )
    found = changes(LOUD, play=play)

    assert trial.passes(found, script.wanted, script.start)
    assert trial.passes(found, script.wanted[1:], script.start)
    assert not trial.passes(found[1:], script.wanted, script.start)
