"""Many jobs are one transaction, and each answers for itself."""

from __future__ import annotations

import sqlite3
from collections import deque

import pytest

from monitor.storage.transaction import GROUP, Job, next_batch, run


def connection() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.execute("CREATE TABLE a (x UNIQUE)")
    return made


def insert(value):
    return Job(lambda connection: connection.execute("INSERT INTO a VALUES (?)", (value,)).rowcount)


def test_a_jobs_own_mistake_undoes_that_job_only():
    """The others are on disk."""

    def half_done(connection):
        connection.execute("INSERT INTO a VALUES (3)")
        raise ValueError("mine")

    database = connection()
    settled = run(database, [insert(1), insert(1), Job(half_done), insert(2)])
    kept = database.execute("SELECT x FROM a ORDER BY x").fetchall()
    database.close()

    assert [1, None, None, 1] == [value for _, value, _ in settled]
    assert [None, sqlite3.IntegrityError, ValueError, None] == [
        error and type(error) for _, _, error in settled
    ]
    assert [(1,), (2,)] == kept


def test_a_sick_disk_undoes_all_of_them():
    """They are tried again together."""
    database = connection()
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(sqlite3.OperationalError, match="full"):
        run(database, [insert(1), *(insert(f"{number}" * 2000) for number in range(9))])
    kept = database.execute("SELECT count(*) FROM a").fetchone()
    in_transaction = database.in_transaction
    database.close()

    assert (0,) == kept
    assert not in_transaction


def test_a_job_that_stands_alone_parts_the_groups():
    """It sees what was before it, and runs in no transaction."""
    seen = []
    alone = Job(lambda connection: seen.append(connection.in_transaction), alone=True)
    jobs = deque([insert(1), insert(2), alone, insert(3)])

    first = next_batch(jobs)
    for job in first:
        jobs.remove(job)
    database = connection()
    run(database, next_batch(jobs))
    database.close()

    assert 2 == len(first)
    assert [False] == seen


def test_a_transaction_is_bounded():
    """A long queue is many transactions."""

    assert GROUP == len(next_batch(deque(insert(number) for number in range(GROUP + 50))))
