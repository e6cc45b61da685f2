"""What every desk keeps: `keeps_the_contract` runs it against any of them, the daemon's too."""

from __future__ import annotations

from monitor.clock import ManualClock
from monitor.console.desk import Desk
from monitor.signals.views import RoomView
from tests.console.acted import ActedDesk


async def keeps_the_contract(desk: Desk, key: str, episode: int) -> None:
    """`key` and `episode` name an alert of this desk that is open and not acknowledged."""
    assert [view.room for view in desk.rooms()] == [view.room for view in desk.rooms()]
    assert await desk.acknowledge("no such|alert", 1, "李敏") is None
    assert await desk.acknowledge(key, episode + 1, "李敏") is None

    first = await desk.acknowledge(key, episode, "李敏")
    second = await desk.acknowledge(key, episode, "王涛")

    assert first is not None
    assert ("acked", "李敏", key, episode) == (first.change, first.by, first.key, first.episode)
    assert first == second
    alert = next(alert for alert in desk.alerts() if alert.key == key)
    assert ("李敏", True) == (alert.acked_by, alert.acked_at is not None)
    history = await desk.history(100)
    assert first in history
    assert [change.at for change in history] == sorted((c.at for c in history), reverse=True)
    assert history[:1] == await desk.history(1)


async def test_the_acted_desk_keeps_the_contract():
    """
    So what the console's tests show on it holds for the daemon.
    """
    desk = ActedDesk(ManualClock(), [RoomView(room="b"), RoomView(room="a")])
    alert = desk.fire("a", "stock")

    await keeps_the_contract(desk, alert.key, alert.episode)
