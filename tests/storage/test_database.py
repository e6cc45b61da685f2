"""Commits are grouped, and nothing that happens to the disk raises into the loop."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.errors import ConfigError
from monitor.storage.database import Database, Done, Trouble

SCHEMA = ("CREATE TABLE a (x)",)


@asynccontextmanager
async def database(path: Path, **settings) -> AsyncIterator[tuple[Database, list[Trouble]]]:
    told: list[Trouble] = []
    made = Database(path, SCHEMA, ManualClock(), told=told.append, **({"retry_s": 0.01} | settings))
    await made.open()
    try:
        yield made, told
    finally:
        await made.aclose()


def insert(value):
    return lambda connection: connection.execute("INSERT INTO a VALUES (?)", (value,)).rowcount


def count(connection) -> int:
    return connection.execute("SELECT count(*) FROM a").fetchone()[0]


async def until(condition) -> None:
    """Turn the loop until it holds; the test's own timeout bounds it."""
    while not condition():  # noqa: ASYNC110 - a thread changes it, not a task
        await asyncio.sleep(0)


async def test_a_job_is_on_disk_when_its_caller_goes_on(tmp_path: Path):
    """Another process would find it."""
    path = tmp_path / "a.db"
    async with database(path) as (made, _):
        assert Done(1) == await made.write(insert(7))
        assert path.with_name("a.db-wal").stat().st_size > 0

    connection = sqlite3.connect(path)
    kept = connection.execute("SELECT x FROM a").fetchall()
    connection.close()

    assert [(7,)] == kept


async def test_many_callers_share_a_transaction(tmp_path: Path):
    """A thousand rows cost a few commits, not a thousand."""
    async with database(tmp_path / "a.db") as (made, _):
        before = made.commits
        await asyncio.gather(*(made.write(insert(number)) for number in range(1000)))

        assert 1000 == await made.read(count, -1)
        assert made.commits - before < 50


async def test_a_mistake_in_a_job_is_its_callers(tmp_path: Path):
    """And trouble for nobody else; one that nobody waits for is counted."""
    async with database(tmp_path / "a.db") as (made, told):
        wrong = made.write(lambda connection: connection.execute("INSERT INTO nowhere VALUES (1)"))
        right = made.write(insert(1))
        results = await asyncio.gather(wrong, right, return_exceptions=True)
        made.post(lambda connection: connection.execute("nonsense"))

        assert 1 == await made.read(count, -1)
        assert isinstance(results[0], sqlite3.OperationalError)
        assert Done(1) == results[1]
        assert (1, []) == (made.failed, told)


async def test_a_full_disk_is_told_once_and_recovers_by_itself(tmp_path: Path):
    """
    full ── write, write, write ── room again
            told once              told; all three are there
    """
    async with database(tmp_path / "a.db") as (made, told):
        pages = await made.read(lambda c: c.execute("PRAGMA page_count").fetchone()[0], 0)
        await made.read(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone(), None)

        during = [await made.write(insert("x" * 20_000)) for _ in range(3)]
        readable = await made.read(count, -1)
        trouble = made.trouble
        await made.read(lambda c: c.execute("PRAGMA max_page_count = 100000").fetchone(), None)
        await until(lambda: not made.trouble)

        assert [None] * 3 == during
        assert (0, "disk full") == (readable, trouble)
        assert 3 == await made.read(count, -1)
        assert ["disk full", "recovered"] == [trouble.what for trouble in told]


LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("CREATE TABLE IF NOT EXISTS other (x)")
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
connection.close()
"""


@pytest.mark.faults
async def test_a_lock_of_another_process_keeps_neither_the_loop_nor_the_start(tmp_path: Path):
    """It starts, says so once, and goes on when the lock is gone."""
    path = tmp_path / "a.db"
    other = subprocess.Popen(  # noqa: ASYNC220 - starting it is part of no measurement
        [sys.executable, "-c", LOCKER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdin
    assert other.stdout
    other.stdout.readline()
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    async with database(path, busy_s=0.2) as (made, told):
        during = await made.write(insert(1))
        unreadable = await made.read(count, -1)
        turned = turns
        other.communicate(b"\n")
        await until(lambda: not made.trouble)

        assert (None, -1) == (during, unreadable)
        assert turned > 1000
        assert 1 == await made.read(count, -1)
        assert ["locked", "recovered"] == [trouble.what for trouble in told]
    turning.cancel()


async def test_a_slow_disk_is_waited_for_once_only(tmp_path: Path):
    """After the first time alerting does not wait any more."""
    async with database(tmp_path / "a.db", patience_s=0.05) as (made, told):
        gate = asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow(connection):
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()

        first = await made.write(slow)
        second = await made.write(insert(1))
        gate.set()
        await until(lambda: not made.trouble)

        assert (None, None) == (first, second)
        assert 1 == await made.read(count, -1)
        assert ["slow", "recovered"] == [trouble.what for trouble in told]


def zero(path: Path) -> None:
    path.write_bytes(b"")


def truncated(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def header(path: Path) -> None:
    path.write_bytes(b"\xff" * 100 + path.read_bytes()[100:])


def middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 3 + 2048] = b"\xa5" * 2048
    path.write_bytes(data)


def other_file(path: Path) -> None:
    path.write_text("[sources]\nname = 'not a database'\n" * 500)


@pytest.mark.faults
@pytest.mark.parametrize("damage", [zero, truncated, header, middle, other_file])
async def test_a_damaged_file_is_put_aside_and_a_new_one_begun(tmp_path: Path, damage):
    """And people are told where the old one is."""
    path = tmp_path / "a.db"
    async with database(path) as (made, _):
        await asyncio.gather(*(made.write(insert("y" * 3000)) for _ in range(40)))
    damage(path)

    async with database(path) as (made, told):
        written = await made.write(insert(1))
        found = await made.read(count, -1)

    assert Done(1) == written
    assert 1 == found
    assert ["damaged"] == [trouble.what for trouble in told]
    assert (tmp_path / "a.db.corrupt-1795370000").exists()


async def test_damage_found_while_running_is_mended_while_running(tmp_path: Path):
    """The job that found it is done in the new file."""

    def broken(connection):
        if connection.execute("SELECT count(*) FROM a").fetchone()[0]:
            error = sqlite3.DatabaseError("database disk image is malformed")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error
        return insert("after")(connection)

    async with database(tmp_path / "a.db") as (made, told):
        await made.write(insert("before"))

        assert Done(1) == await made.write(broken)
        assert [("after",)] == await made.read(
            lambda connection: connection.execute("SELECT x FROM a").fetchall(), []
        )
        assert ["damaged"] == [trouble.what for trouble in told]


async def test_too_many_waiting_jobs_lose_the_oldest(tmp_path: Path, monkeypatch):
    """The bound holds and is told once."""
    monkeypatch.setattr("monitor.storage.database.LIMIT", 5)
    async with database(tmp_path / "a.db") as (made, told):
        await made.read(lambda c: c.execute("PRAGMA max_page_count = 1").fetchone(), None)
        for number in range(8):
            await made.write(insert(f"{number}" * 20_000))
        waiting = made.waiting
        lost = made.lost
        await made.read(lambda c: c.execute("PRAGMA max_page_count = 100000").fetchone(), None)
        await until(lambda: not made.trouble)

        assert waiting <= 5
        assert lost >= 3
        assert 1 == [trouble.what for trouble in told].count("lost")


async def test_closing_does_what_waits(tmp_path: Path):
    """Nothing posted is forgotten."""
    path = tmp_path / "a.db"
    async with database(path) as (made, _):
        for number in range(100):
            made.post(insert(number))
        left = await made.aclose()

    async with database(path) as (made, _):
        assert 100 == await made.read(count, -1)
    assert 0 == left


async def test_a_file_of_a_newer_version_stops_the_start(tmp_path: Path):
    """It is somebody's mistake, with a remedy."""
    path = tmp_path / "a.db"
    async with database(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()

    with pytest.raises(ConfigError, match="newer version"):
        async with database(path):
            pass
