"""Commits to a store until it is killed; says on stdout which commits were acknowledged.

Run as `python -m tests.storage.killed PATH FIRST`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from monitor.clock import ManualClock
from monitor.storage.store import Store
from tests.alerts.changes import alert
from tests.storage.notices import fired, notice


async def main(path: Path, first: int) -> None:
    store = Store(ManualClock())
    await store.open(path)
    number = first
    while True:
        batch = [fired(room=f"r{number + step}") for step in range(8)]
        changes = [[change] for change in batch]
        await asyncio.gather(*(store.commit(c, [notice(c[0])], [alert(c[0])]) for c in changes))
        if not store.trouble:
            sys.stdout.write(" ".join(change.room for change in batch) + "\n")
            sys.stdout.flush()
        number += 8


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
