"""Alerts that were over before anybody had looked."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.alerts.alert import Alert, Change
from monitor.console.returned import MOST, Returned


def alert(key: str = "stock|a", **fields: Any) -> Alert:
    given: dict[str, Any] = {
        "key": key, "rule": "stock", "room": "a", "state": "firing", "episode": 1,
        "severity": "critical", "since": 1.0, "fired_at": 2.0, "summary": "快售罄",
    }  # fmt: skip
    return Alert(**(given | fields))


def change(kind: Any, key: str = "stock|a", at: float = 9.0) -> Change:
    return Change(
        at=at, key=key, rule="stock", room="a", change=kind, episode=1, severity="critical"
    )


def over(it: Returned, *alerts: Alert) -> None:
    it.seen(alerts)
    it.told([change("resolved", each.key) for each in alerts], [])


def test_what_nobody_looked_at_stays_until_somebody_does():
    """
    With when it was over; a second acknowledgement finds nothing.
    """
    it = Returned()
    over(it, alert())

    assert [alert(resolved_at=9.0)] == it.beside([])
    assert it.acknowledge("stock|a", 2, "李敏", 10.0) is None
    told = it.acknowledge("stock|a", 1, "李敏", 10.0)
    assert told is not None
    assert ("acked", "李敏", 10.0, "快售罄") == (told.change, told.by, told.at, told.summary)
    assert [] == it.beside([])
    assert it.acknowledge("stock|a", 1, "王涛", 11.0) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"acked_at": 3.0, "acked_by": "李敏"},
        {"severity": "notice"},
        {"severity": "data_lost"},
        {"quiet": "muted: 补库存 (李敏)"},
        {"fired_at": None},
    ],
)
def test_what_was_seen_or_told_nobody_is_simply_over(fields: dict[str, Any]):
    it = Returned()
    over(it, alert(**fields))

    assert [] == it.beside([])


def test_an_alert_that_fires_again_takes_the_place_of_the_one_before():
    """
    Also where the screens see the alert before they hear of the change.
    """
    it = Returned()
    over(it, alert())
    again = alert(episode=2)

    assert [again] == it.beside([again])
    it.told([change("fired")], [again])
    assert [] == it.beside([])


def test_they_are_bounded():
    it = Returned()
    over(it, *(alert(f"stock|{number}") for number in range(MOST + 1)))
    keys = [each.key for each in it.beside([])]

    assert [f"stock|{number}" for number in range(1, MOST + 1)] == keys
