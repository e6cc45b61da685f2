"""A tick's changes, alerts and notices are kept together, through kills and full disks."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.storage.store import DAY_S, Store
from tests.alerts.changes import T0, alert
from tests.storage.notices import fired, notice


@asynccontextmanager
async def store(path: Path, clock: ManualClock | None = None, told=None) -> AsyncIterator[Store]:
    made = Store(clock or ManualClock(T0), told=told or (lambda trouble: None), retry_s=0.01)
    await made.open(path)
    try:
        yield made
    finally:
        await made.aclose()


async def test_a_restart_finds_alerts_history_notices_and_what_waited(tmp_path: Path):
    """As they stood at the last commit."""
    first, second = fired("a"), fired("b")
    open_alert = alert(first, acked_by="李敏")
    async with store(tmp_path / "a.db") as made:
        accepted = await made.commit([first, second], [notice(first)], [open_alert], [second])

    async with store(tmp_path / "a.db") as made:
        assert [notice(first)] == accepted
        assert [open_alert] == await made.open_alerts()
        assert [second, first] == await made.history(9)
        assert [notice(first)] == [row.notice for row in await made.due()]
        assert [second] == await made.waiting()


async def test_a_commit_writes_what_differs_and_removes_what_is_closed(tmp_path: Path):
    """The list of open alerts is always the whole one; quiet ones need no change."""
    a, b = alert(fired("a")), alert(fired("b"))
    async with store(tmp_path / "a.db") as made:
        await made.commit([], [], [a, b])
        b.state = "recovering"
        await made.commit([], [], [b])
        before = made.counts()["commits"]
        await made.commit([], [], [b])

        assert [b] == await made.open_alerts()
        assert before == made.counts()["commits"]


async def test_a_notice_that_is_there_already_is_not_handed_back(tmp_path: Path):
    """So nobody is told twice, also after a restart."""
    async with store(tmp_path / "a.db") as made:
        await made.commit([], [notice()], [])
    async with store(tmp_path / "a.db") as made:
        again = await made.commit([], [notice(), notice(fired("b"))], [])

    assert [notice(fired("b"))] == again


async def test_what_was_sent_is_not_due_and_what_was_being_sent_is_repeated(tmp_path: Path):
    """The end of a process leaves it open whether it arrived."""
    notices = [notice(fired(room=f"r{number}")) for number in range(6)]
    async with store(tmp_path / "a.db") as made:
        await made.commit([], notices, [])
        for sent in notices[:5]:
            await made.mark_sending(sent.id, 1)
        made.mark_sent(notices[0].id, 1, "C1:1.0")
        made.mark_dead(notices[1].id, 1, "refused")
        made.mark_expired(notices[2].id, 1, "too late")
        made.mark_retry(notices[3].id, 1, T0 + 9, "busy")

    async with store(tmp_path / "a.db") as made:
        due = await made.due()
        outcome = {row.notice.change.room: (row.state, row.reference) for row in await made.fired()}

    assert [("r3", False, T0 + 9), ("r4", True, T0), ("r5", False, T0)] == [
        (row.notice.change.room, row.notice.repeated, row.next_at) for row in due
    ]
    assert ("sent", "C1:1.0") == outcome["r0"]
    assert ("dead", None) == outcome["r1"]


async def test_giving_up_and_another_channel_are_one_step(tmp_path: Path):
    """A channel that was told already is not told again."""
    async with store(tmp_path / "a.db") as made:
        await made.commit([], [notice(), notice(channel="desk")], [])

        new = await made.fail_over(notice().id, 2, "refused", notice(channel="sms"))
        old = await made.fail_over(notice(channel="sms").id, 1, "x", notice(channel="desk"))

        assert (True, False) == (new, old)
        assert ["desk"] == [row.notice.channel for row in await made.due()]


async def test_alerting_goes_on_when_the_disk_is_full(tmp_path: Path):
    """Notices are handed back to be sent; they are written once there is room."""
    told = []
    async with store(tmp_path / "a.db", told=told.append) as made:
        database = made._open_database
        pages = await database.read(lambda c: c.execute("PRAGMA page_count").fetchone()[0], 0)
        await database.read(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone(), 0)
        changes = [fired(room=f"r{number}", summary="x" * 3000) for number in range(20)]
        notices = [notice(change) for change in changes]

        back = await made.commit(changes, notices, [alert(change) for change in changes])
        trouble = made.trouble
        await made.mark_sending(notices[0].id, 1)
        made.mark_sent(notices[0].id, 1, None)
        await database.read(lambda c: c.execute("PRAGMA max_page_count = 99999").fetchone(), 0)
        while made.trouble:  # noqa: ASYNC110 - a thread mends it, not a task
            await asyncio.sleep(0)

        assert notices == back
        assert "disk full" == trouble
        assert notices[1:] == [row.notice for row in await made.due()]
        assert 20 == len(await made.open_alerts())
        assert ["disk full", "recovered"] == [said.what for said in told]


async def test_after_damage_the_next_commit_writes_every_open_alert_again(tmp_path: Path):
    """They are still in memory."""
    path = tmp_path / "a.db"
    told = []
    async with store(path) as made:
        await made.commit([], [], [alert(fired())])
    path.write_bytes(b"")

    async with store(path, told=told.append) as made:
        await made.commit([], [], [alert(fired())])
        kept = await made.open_alerts()

    assert ["damaged"] == [said.what for said in told]
    assert [alert(fired())] == kept


async def test_upkeep_deletes_what_is_old(tmp_path: Path):
    """Unsent notices and open alerts have no age."""
    clock = ManualClock(T0)
    old, unsent = notice(fired("old")), notice(fired("unsent"))
    async with store(tmp_path / "a.db", clock) as made:
        await made.commit([fired("old")], [old, unsent], [alert(fired("old"))])
        made.mark_sent(old.id, 1, None)
        clock.advance(31 * DAY_S)
        await made.commit([fired("new", at=clock.now())], [], [alert(fired("old"))])

        assert 2 == await made.upkeep()
        assert [unsent] == [row.notice for row in await made.fired()]
        assert ["new"] == [change.rule for change in await made.history(9)]
        assert 1 == len(await made.open_alerts())


@pytest.mark.faults
async def test_no_acknowledged_commit_is_missing_after_kill_9(tmp_path: Path):
    """
    20 processes commit to one file and are killed at any moment: every commit that
    was acknowledged is there, and the file is whole.
    """
    path = tmp_path / "a.db"
    dice = random.Random(20261122)
    acknowledged: list[str] = []
    for kill in range(20):
        child = subprocess.Popen(  # noqa: ASYNC220 - starting it is part of no measurement
            [sys.executable, "-m", "tests.storage.killed", str(path), str(kill * 1_000_000)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout
        for _ in range(dice.randrange(1, 40)):
            acknowledged += child.stdout.readline().decode().split()
        child.kill()
        # a line that was cut off by the kill acknowledges nothing
        rest = child.stdout.read().decode()
        acknowledged += rest[: rest.rfind("\n") + 1].split()
        child.wait()
        child.stdout.close()

    connection = sqlite3.connect(path)
    check = connection.execute("PRAGMA quick_check").fetchall()
    connection.close()
    async with store(path) as made:
        kept = {row.notice.change.room for row in await made.due()}
        history = {change.room for change in await made.history(10**9)}

    assert [("ok",)] == check
    assert len(acknowledged) > 1000
    assert set() == set(acknowledged) - kept
    assert set() == set(acknowledged) - history
