"""Jobs for the database, and how many of them become one transaction."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Any

from msgspec import Struct

from monitor.storage import file

GROUP = 256  # jobs in one transaction


class Job(Struct, eq=False):
    """Work for the connection, and the future of who waits for it.

    `alone`: not in a transaction, because it only reads, or is a checkpoint. `left`:
    its caller went on without it.
    """

    work: Callable[[sqlite3.Connection], Any]
    future: asyncio.Future[Any] | None = None
    alone: bool = False
    left: bool = False


Settled = list[tuple[Job, Any, BaseException | None]]  # what it returned, or its mistake


def next_batch(jobs: deque[Job]) -> list[Job]:
    """The jobs at the head of the queue that can share a transaction."""
    if jobs[0].alone:
        return [jobs[0]]
    batch: list[Job] = []
    for job in islice(jobs, GROUP):
        if job.alone:
            break
        batch.append(job)
    return batch


def run(connection: sqlite3.Connection, batch: list[Job]) -> Settled:
    """Do all of them in one transaction; a job's own mistake undoes that job only.

    Raises sqlite3.Error when it is the disk, and then nothing was done.
    """
    if batch[0].alone:
        return [_outcome(connection, batch[0])]
    settled: Settled = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        for job in batch:
            connection.execute("SAVEPOINT job")
            settled.append(_outcome(connection, job))
            if settled[-1][2] is not None:
                connection.execute("ROLLBACK TO job")
            connection.execute("RELEASE job")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return settled


def _outcome(connection: sqlite3.Connection, job: Job) -> tuple[Job, Any, BaseException | None]:
    try:
        return job, job.work(connection), None
    except Exception as error:  # one job must not undo the others; a sick disk is for all
        if file.what_is_wrong(error):
            raise
        return job, None, error  # its caller gets it
