"""What follows from changes: written first, then told. The engine's tests hold the order."""

from __future__ import annotations

from pathlib import Path

from monitor.alerts.alert import Change
from monitor.alerts.dispatch import Dispatch
from monitor.alerts.routes import Routes
from monitor.clock import ManualClock
from monitor.delivery.outbox import Delivery
from monitor.engines.committing import ASKED_AT, Committing
from monitor.health import Progress
from monitor.storage.store import Store
from tests.shard.test_watched import alert


async def test_what_was_told_is_what_was_written(tmp_path: Path) -> None:
    """And that we are here is written down once a second."""
    clock = ManualClock()
    store = Store(clock)
    await store.open(tmp_path / "store.sqlite3")
    told: list[Change] = []
    progress = Progress(clock.now())
    delivery = Delivery(store, [], clock)
    committing = Committing(
        Dispatch(Routes(channels=[])), None, store, delivery, progress, told.extend
    )
    fired = alert(fired_at=clock.now()).as_fired()
    await committing.commit([fired], [alert()], clock.now())
    for seconds in (0.0, 0.5, 1.25):
        committing.keep(clock.now() + seconds)
    kept = await store.kept(ASKED_AT)
    history = await store.history(10)
    await store.aclose()

    assert [fired] == told
    assert ["r|a"] == [change.key for change in history]
    assert repr(clock.now() + 1.25).encode() == kept
    assert 1 == progress.moves["store"]
    assert {"escalated": 0, "nobody": 0} == committing.figures()
