"""What was heard is kept, a file for each session of a room, and played again."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.console.replays.recordings import format_of, lines
from monitor.events import Comment, Event, Session
from monitor.formats.decoder import Decoder
from monitor.frames import Batch
from monitor.replay import frames, timed
from monitor.storage.recorder import HELD_S, PRUNE_S, WAITING, WRITE_S, Recorder

AT = 1_795_370_000.0
DAY_S = 86_400.0


def said(room: str, at: float, session: str | None = None) -> Comment:
    return Comment(room=room, at=at, user="u", text=f"{at - AT:.0f}", session=session)


def phase(room: str, at: float, what: str, session: str | None = None) -> Session:
    return Session(room=room, at=at, phase=what, session=session)  # type: ignore[arg-type]


class Stage:
    """A recorder whose time the test moves."""

    def __init__(self, folder: Path, max_bytes: int = 10**9) -> None:
        self.folder = folder
        self.clock = ManualClock(AT)
        self.recorder = Recorder(folder, self.clock, days=2.0, max_bytes=max_bytes)

    async def hear(self, *events: Event, heard: tuple[str, ...] = ()) -> None:
        now = self.clock.now()
        batch = Batch(source="tools", events=list(events), received_at=now, heard=heard)
        self.recorder.take(batch)
        await self.recorder.write()
        self.clock.advance(1.0)

    def files(self) -> list[str]:
        found = self.folder.rglob("*.gz")
        return sorted(path.relative_to(self.folder).as_posix() for path in found)

    def batches(self, name: str) -> list[Batch]:
        path = self.folder / name
        assert "recorded" == format_of(path)
        return list(timed(Decoder(source="x", format="recorded"), frames(lines(path))))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "sessions")


async def test_what_was_heard_can_be_played_again(stage: Stage):
    """
    Room by room, with source, time and who was only heard from.
    """
    await stage.hear(said("a", AT), said("b", AT))
    await stage.hear(said("a", AT - 20.0), heard=("b",))
    await stage.recorder.aclose()
    a, b = stage.files()

    assert ["a/20261122T175320000Z.jsonl.gz", "b/20261122T175320000Z.jsonl.gz"] == [a, b]
    assert [
        Batch(source="tools", events=[said("a", AT)], received_at=AT),
        Batch(source="tools", events=[said("a", AT - 20.0)], received_at=AT + 1),
    ] == stage.batches(a)
    assert ("b",) == stage.batches(b)[1].heard
    assert (3, 0, 0) == (stage.recorder.kept, stage.recorder.dropped, stage.recorder.lost)


async def test_a_session_is_a_file(stage: Stage):
    """
    A start after an end begins one, and so does another name; a name that is told late, and
    news of a session that is over, do not.
    """
    await stage.hear(phase("a", AT, "start"))
    await stage.hear(said("a", AT, "s1"))
    await stage.hear(phase("a", AT, "start", "s1"))
    await stage.hear(phase("a", AT, "end", "s1"))
    await stage.hear(said("a", AT, "s1"))
    await stage.hear(phase("a", AT, "start", "s2"))
    await stage.hear(said("a", AT, "s1"))
    await stage.hear(said("a", AT, "s3"))
    await stage.recorder.aclose()
    names = stage.files()

    assert [
        "a/20261122T175320000Z.jsonl.gz",
        "a/20261122T175325000Z-s2.jsonl.gz",
        "a/20261122T175327000Z-s3.jsonl.gz",
    ] == names
    assert [5, 2, 1] == [len(stage.batches(name)) for name in names]


async def test_a_room_that_tells_of_no_session_has_a_file_a_day(stage: Stage):
    """
    And one that has a strange name stays in the folder.
    """
    await stage.hear(said("../x", AT))
    stage.clock.advance(DAY_S)
    await stage.hear(said("../x", AT))
    await stage.recorder.aclose()

    assert 2 == len(stage.files())
    assert {"%2E%2E%2Fx"} == {name.partition("/")[0] for name in stage.files()}


async def test_lines_wait_for_more_and_a_crash_costs_only_those(stage: Stage):
    """
    second   0  1  …  10        crash
    on disk  nothing  all of it
    """
    await stage.hear(said("a", AT))
    assert [] == stage.files()
    stage.clock.advance(HELD_S)
    await stage.hear(said("a", AT))

    assert 2 == len(stage.batches(stage.files()[0]))


async def test_when_too_much_waits_it_is_dropped_and_counted(stage: Stage):
    """
    The loop is never held back.
    """
    batch = Batch(source="s", events=[said("a", AT)] * (WAITING // 2 + 1), received_at=AT)
    stage.recorder.take(batch)
    stage.recorder.take(batch)

    assert WAITING // 2 + 1 == stage.recorder.dropped
    assert WAITING // 2 + 1 == stage.recorder.figures()["waiting"]


async def test_a_disk_that_takes_nothing_is_told_and_tried_again(stage: Stage):
    """
    What is written later is in a file of its own: half a member may stand in the first.
    """
    stage.folder.parent.mkdir(exist_ok=True)
    stage.folder.write_text("a file where the folder should be")
    await stage.hear(said("a", AT))
    await stage.recorder.write(all_of_it=True)

    assert ("File exists", 1) == (stage.recorder.trouble, stage.recorder.lost) or (
        "Not a directory",
        1,
    ) == (stage.recorder.trouble, stage.recorder.lost)

    stage.folder.unlink()
    await stage.hear(said("a", AT))
    await stage.recorder.write(all_of_it=True)

    assert "" == stage.recorder.trouble
    assert ["a/20261122T175320000Z+.jsonl.gz"] == stage.files()


async def test_old_files_go_and_the_oldest_where_it_is_too_much(tmp_path: Path):
    """
    Two days, and 2,500 bytes: of four files the first is too old and the second too much.
    """
    stage = Stage(tmp_path, max_bytes=2_500)
    for number, age_s in enumerate((3 * DAY_S, 3_000.0, 2_000.0, 1_000.0)):
        path = tmp_path / "old" / f"{number}.jsonl.gz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(1_000))
        os.utime(path, (AT - age_s, AT - age_s))
    stage.clock.advance(PRUNE_S)
    await stage.recorder.write()

    assert ["old/2.jsonl.gz", "old/3.jsonl.gz"] == stage.files()


async def test_it_writes_by_itself_once_a_second(tmp_path: Path):
    """
    Until it is cancelled.
    """
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 2:
            raise asyncio.CancelledError

    recorder = Recorder(tmp_path, ManualClock(AT), days=1.0, max_bytes=10**6, wait=wait)
    recorder.take(Batch(source="s", events=[said("a", AT)], received_at=AT))
    with pytest.raises(asyncio.CancelledError):
        await recorder.run()

    assert ([WRITE_S] * 3, 1) == (waits, recorder.kept)
