"""The file is ours alone, whole and of our version; else we say what is wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.storage import file

SCHEMA = ("CREATE TABLE a (x)", "CREATE TABLE b (y)")


def test_a_new_file_is_safe_and_private(tmp_path: Path):
    """WAL and FULL: what was committed survives a power cut."""
    path = tmp_path / "state" / "roomwatch.db"

    connection = file.connect(path, SCHEMA, 0)
    pragmas = ("journal_mode", "synchronous", "user_version", "auto_vacuum")
    found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    connection.close()

    assert ["wal", 2, 2, 2] == found
    assert {"roomwatch.db": 0o600, "roomwatch.db-wal": 0o600} == modes


def test_an_older_file_is_brought_up_to_date(tmp_path: Path):
    """Step by step, keeping what is in it."""
    path = tmp_path / "roomwatch.db"
    old = file.connect(path, SCHEMA[:1], 0)
    old.execute("INSERT INTO a VALUES (7)")
    old.close()

    connection = file.connect(path, SCHEMA, 0)
    found = connection.execute("SELECT x FROM a").fetchall()
    connection.execute("SELECT y FROM b")
    connection.close()

    assert [(7,)] == found


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path):
    """A downgrade must not lose what it does not understand."""
    path = tmp_path / "roomwatch.db"
    file.connect(path, SCHEMA, 0).close()

    with pytest.raises(ConfigError, match=r"newer version.* — upgrade"):
        file.connect(path, SCHEMA[:1], 0)

    file.connect(path, SCHEMA, 0).close()


def test_nobody_else_can_open_it_meanwhile(tmp_path: Path):
    """Two connections on one WAL can lose commits in SQLite before 3.51.3."""
    path = tmp_path / "roomwatch.db"
    connection = file.connect(path, SCHEMA, 0)

    with pytest.raises(sqlite3.OperationalError) as caught:
        file.connect(path, SCHEMA, 0)
    connection.close()

    assert "locked" == file.what_is_wrong(caught.value)


def test_a_jobs_own_mistake_is_not_the_disks():
    """Wrong SQL must not look like a broken disk."""
    connection = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("SELECT nothing FROM nowhere")
    connection.close()

    assert "" == file.what_is_wrong(caught.value)
    assert "disk error" == file.what_is_wrong(OSError(5, "Input/output error"))
    assert "" == file.what_is_wrong(ValueError("x"))


def test_a_damaged_file_is_put_aside_with_its_log(tmp_path: Path):
    """Under a name that tells when."""
    path = tmp_path / "roomwatch.db"
    for suffix in ("", "-wal"):
        path.with_name(path.name + suffix).write_bytes(b"x")

    assert "roomwatch.db.corrupt-77" == file.put_aside(path, 77.9)
    assert ["roomwatch.db.corrupt-77", "roomwatch.db.corrupt-77-wal"] == sorted(
        found.name for found in tmp_path.iterdir()
    )
