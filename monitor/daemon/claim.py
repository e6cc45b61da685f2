"""One daemon a state folder: two would tell everything twice, each out of the same outbox."""

from __future__ import annotations

import fcntl
import os
import pathlib

from monitor.errors import ConfigError


def claim(folder: pathlib.Path) -> int:
    """Lock the folder until the file that is given is closed, or the process ends.

    Raises ConfigError where another daemon has it. On a file system that knows no locks
    nobody is refused.
    """
    file = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise ConfigError(
            f"{folder} is in use by another roomwatch — stop that one, or write another folder"
            " into [daemon] state"
        ) from None
    except OSError:
        return file
    return file
