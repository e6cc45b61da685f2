"""A connection with the store's tables in memory, for tests of one table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.storage.store import VERSIONS


@contextmanager
def tables() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for version in VERSIONS:
            connection.executescript(version)
        yield connection
    finally:
        connection.close()
