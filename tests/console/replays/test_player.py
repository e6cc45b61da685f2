"""A recording is played as it was, forwards and from its beginning."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from monitor.console.replays.player import BARS, Player, Recipe
from monitor.errors import MonitorError
from monitor.signals.rooms import Profile
from monitor.signals.script import Script
from tests.console.replays.made import START, evening, recipe, write


def never() -> bool:
    return False


def player(tmp_path: Path) -> Player:
    return Player(recipe(tmp_path, write(tmp_path, "a.jsonl.gz", evening())))


def test_a_recipe_is_a_line_whatever_the_config_says_of_rooms(tmp_path: Path):
    """Also limits of parts of the script."""
    limits = Script({("杯", "hook"): 9.0, ("", "push"): 60.0})
    made = replace(recipe(tmp_path, tmp_path), profiles=[Profile(room="a", script=limits)])

    assert b"\n" not in made.line()
    assert made == Recipe.read(made.line() + b"\n")


def test_a_survey_tells_from_when_to_when_and_how_much(tmp_path: Path):
    """
    600 s: a start, 599 readings and 29 + 4 comments (that of 120 s is one of both).
    """
    survey = player(tmp_path).survey

    assert (START, START + 599, 633, ["a"], "recorded") == (
        survey.start, survey.end, survey.facts, survey.rooms, survey.format,
    )  # fmt: skip
    assert (BARS, 633) == (len(survey.bars), sum(survey.bars))


def test_it_goes_to_an_instant_and_shows_the_room_as_it_was(tmp_path: Path):
    """
    comments at 120 121 122 ── three in ten seconds at 122, held for a second
    """
    it = player(tmp_path)

    told = it.go(START + 124, never)

    assert [("pending", 122.0), ("fired", 123.0)] == [
        (change.change, change.at - START) for change in told
    ]
    assert START + 124 == it.now
    (view,) = it.shard.rooms(it.now)
    assert ("阿蕊的房间", 1124) == (view.name, view.online)


def test_going_back_is_playing_from_the_beginning(tmp_path: Path):
    """
    The same changes at the same ticks.
    """
    it = player(tmp_path)
    before = [(change.at, change.change) for change in it.go(START + 300, never)]
    it.restart()

    assert START == it.now
    assert before == [(change.at, change.change) for change in it.go(START + 300, never)]


def test_the_end_is_the_end(tmp_path: Path):
    """
    Asked for more, nothing moves.
    """
    it = player(tmp_path)
    it.go(START + 9_999, never)

    assert (True, START + 599) == (it.ended, it.now)
    assert [] == it.go(START + 9_999, never)


def test_it_stops_when_it_is_enough(tmp_path: Path):
    """
    After the first tick, which is at the first fact; the next time it goes on from there.
    """
    it = player(tmp_path)
    it.go(START + 300, lambda: True)

    assert START == it.now
    it.go(START + 300, lambda: it.now > START + 5)

    assert START + 5.25 == it.now


def test_what_nobody_understands_is_said(tmp_path: Path):
    """
    With the file's name and no path of the machine.
    """
    path = tmp_path / "words.jsonl"
    path.write_text("words\n")

    with pytest.raises(MonitorError, match=r"^words.jsonl: no format understands it$"):
        Player(recipe(tmp_path, path))
