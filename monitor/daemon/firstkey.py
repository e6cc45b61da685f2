"""The token of a daemon whose config names nobody yet: made once, in a file only we can read.

So a daemon that was just installed is closed to other people of the machine, and open to
whoever may read its state. As soon as the config has [[tokens]], it is of no use any more.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import secrets
from collections.abc import Sequence

import structlog

from monitor.config import Config
from monitor.console.person import Person
from monitor.errors import ConfigError

FILE = "first-token"
NAME = "local"

log = structlog.get_logger()


def people(config: Config) -> Sequence[Person]:
    """Who may use the pages. Nobody at all means: whoever sits there (`open`).

    The folder of the state must be there. Raises ConfigError where the file can not be made.
    """
    if config.people or config.main.http.open:
        return config.people
    path = config.state / FILE
    try:
        token = _token(path)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise ConfigError(
            f"{path}: {why} — write [[tokens]] into roomwatch.toml, or let us write there"
        ) from None
    log.info("the config names nobody: log in with the token in this file", file=str(path))
    return (Person(NAME, "admin", token),)


def _token(path: pathlib.Path) -> str:
    with contextlib.suppress(FileExistsError):
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
    return path.read_text(encoding="utf-8").strip()
