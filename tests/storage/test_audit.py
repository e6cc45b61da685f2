"""What people did outlives the process, for as long as history does."""

from __future__ import annotations

from pathlib import Path

from monitor.clock import ManualClock
from monitor.storage import audit
from monitor.storage.audit import Deed
from monitor.storage.store import DAY_S, Store
from tests.storage.memory import tables


def deed(at: float, did: str = "muted") -> Deed:
    return Deed(at=at, by="李敏", did=did, room="a", about="stock")


def test_the_latest_come_first_and_the_old_can_be_deleted():
    """
    A little at a time.
    """
    with tables() as connection:
        for at in range(5):
            audit.add(connection, deed(at))

        assert [4.0, 3.0] == [found.at for found in audit.latest(connection, 2)]
        assert 2 == audit.prune(connection, 3.0, 2)
        assert [4.0, 3.0, 2.0] == [found.at for found in audit.latest(connection, 9)]


async def test_deeds_and_kept_values_survive_a_restart_and_upkeep_deletes_the_old(tmp_path: Path):
    """
    After `history_days` nobody asks any more.
    """
    clock = ManualClock()
    store = Store(clock, history_days=1.0)
    await store.open(tmp_path / "a.db")
    store.note(deed(clock.now() - 2 * DAY_S, "cued"))
    store.note(deed(clock.now()))
    store.keep("mutes", b"[]")
    await store.aclose()
    store = Store(clock, history_days=1.0)
    await store.open(tmp_path / "a.db")

    assert ["muted", "cued"] == [found.did for found in await store.deeds(9)]
    assert (b"[]", None) == (await store.kept("mutes"), await store.kept("other"))

    await store.upkeep()

    assert ["muted"] == [found.did for found in await store.deeds(9)]
    await store.aclose()
