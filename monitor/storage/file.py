"""The database file: how it is opened, checked, brought up to date and put aside when damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from monitor.errors import ConfigError

DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
SICK = {
    sqlite3.SQLITE_FULL: "disk full",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_IOERR: "disk error",
    sqlite3.SQLITE_READONLY: "read only",
    sqlite3.SQLITE_CANTOPEN: "can not be opened",
    sqlite3.SQLITE_NOMEM: "out of memory",
    sqlite3.SQLITE_PERM: "no permission",
}


def is_damage(error: BaseException) -> bool:
    """Whether the file itself is broken, so that trying again can not help."""
    return _code(error) in DAMAGED


def what_is_wrong(error: BaseException) -> str:
    """A constant phrase for what is wrong with the disk; empty when it is the job's mistake."""
    if isinstance(error, OSError):
        return "disk error"
    code = _code(error)
    if code in DAMAGED:
        return "damaged"
    return SICK.get(code, "") if code is not None else ""


def _code(error: BaseException) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def connect(path: Path, schema: Sequence[str], busy_s: float) -> sqlite3.Connection:
    """Open the file for ourselves alone, check it and bring it up to date.

    `schema`: each entry leads from one version to the next. Raises sqlite3.Error or
    OSError for what is wrong with the disk, ConfigError for a file of a newer version.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size == 0:
        # SQLite takes an empty file for an empty database, but ours is never empty
        raise _damage("it is empty")
    connection = sqlite3.connect(path, timeout=busy_s, isolation_level=None)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        path.chmod(0o600)  # before the WAL is made: it takes over who may read it
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 16777216")
        connection.execute("PRAGMA cell_size_check = ON")
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise _damage(str(found).splitlines()[-1])
        _migrate(connection, path.name, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def put_aside(path: Path, now: float) -> str:
    """Rename a damaged file and what belongs to it; return the new name."""
    mark = f".corrupt-{int(now)}"
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(path.name + mark + suffix))
    return path.name + mark


def _migrate(connection: sqlite3.Connection, name: str, schema: Sequence[str]) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(schema):
        raise ConfigError(
            f"{name}: written by a newer version of roomwatch (schema {version},"
            f" this one knows {len(schema)}) — upgrade, or name another file"
        )
    for number in range(version, len(schema)):
        connection.executescript(
            f"BEGIN IMMEDIATE; {schema[number]}; PRAGMA user_version = {number + 1}; COMMIT;"
        )


def _damage(found: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(found)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error
