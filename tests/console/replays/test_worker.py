"""What the process of a replay does with its commands, on a clock of the test's own."""

from __future__ import annotations

import io
from pathlib import Path
from queue import Queue

import pytest

from monitor.console.replays import worker
from monitor.console.replays.player import Player
from monitor.console.replays.worker import Command, Shown, Work, listen
from tests.console.replays.made import START, evening, recipe, write


class Stage:
    """A work whose time the test moves."""

    def __init__(self, tmp_path: Path) -> None:
        self.told: list[Shown] = []
        self.time = 0.0
        path = write(tmp_path, "a.jsonl", evening())
        self.work = Work(Player(recipe(tmp_path, path)), self.told.append)

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        """In steps of a fiftieth of a second."""
        for _ in range(round(seconds * 50)):
            self.time += 0.02
            self.work.move(0.02, self.now)

    @property
    def last(self) -> Shown:
        return self.told[-1]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_it_plays_at_the_speed_of_life_and_tells_twice_a_second(stage: Stage):
    """
    Ten seconds: twenty frames, the last one ten seconds into the recording.
    """
    stage.wait(10)

    assert 20 <= len(stage.told) <= 21
    assert START + 9.25 <= stage.last.now <= START + 10.25
    assert [1009, 1010].count(stage.last.rooms[0].online)


def test_ten_times_as_fast_is_ten_times_as_far(stage: Stage):
    """
    And an alert is told once, with the frame it fell into.
    """
    stage.work.obey(Command(speed=10.0))
    stage.wait(15)

    assert START + 148 <= stage.last.now <= START + 151
    assert ["pending", "fired", "resolved"] == [
        change.change for shown in stage.told for change in shown.changes
    ]


def test_a_pause_stands_still(stage: Stage):
    """
    Until it is played again.
    """
    stage.wait(2)
    stage.work.obey(Command(play=False))
    before = stage.work.moving, len(stage.told)
    stage.wait(5)

    assert (False, 4) == before == (stage.work.moving, len(stage.told))

    stage.work.obey(Command(play=True))
    stage.wait(2)

    assert START + 3.5 <= stage.last.now <= START + 4.25


def test_a_jump_shows_where_it_leads_and_what_had_happened(stage: Stage):
    """
    Forwards, then back: both times what was shown before is to be forgotten.
    """
    stage.work.obey(Command(at=START + 300))
    stage.wait(0.1)

    assert stage.last.anew
    assert START + 300 <= stage.last.now < START + 301
    assert ["pending", "fired", "resolved"] == [each.change for each in stage.last.changes]

    stage.work.obey(Command(at=START + 60))
    stage.wait(0.1)

    assert stage.last.anew
    assert START + 60 <= stage.last.now < START + 61
    assert [] == stage.last.changes


def test_the_rooms_that_are_looked_at_come_in_full(stage: Stage):
    """
    The others only as tiles.
    """
    stage.wait(1)
    assert {} == stage.last.details

    stage.work.obey(Command(watch=["a", "unknown"]))
    stage.wait(1)

    assert ["a"] == list(stage.last.details)


def test_at_the_end_it_pauses_by_itself(stage: Stage):
    """
    The last frame says so.
    """
    stage.work.obey(Command(at=START + 595, speed=10.0))
    stage.wait(3)

    assert (False, START + 599) == (stage.last.playing, stage.last.now)


def test_it_runs_until_nobody_tells_it_anything(stage: Stage):
    """
    The survey is in the first frame; each command is answered.
    """
    commands: Queue[Command | None] = Queue()
    listen([b'{"play":false}\n', b'{"speed":4}\n'], commands)

    stage.work.run(commands)

    assert [True, False, False] == [shown.survey is not None for shown in stage.told]
    assert (False, 4.0) == (stage.last.playing, stage.last.speed)


def test_what_can_not_be_played_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
):
    """
    As the only frame.
    """
    import msgspec

    path = tmp_path / "words.jsonl"
    path.write_text("words\n")
    given = recipe(tmp_path, path).line() + b"\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))

    worker.main()

    (line,) = capfdbinary.readouterr().out.splitlines()
    assert "words.jsonl: no format understands it" == msgspec.json.decode(line)["failed"]
