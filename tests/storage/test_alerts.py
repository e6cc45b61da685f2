"""Open alerts are kept whole, closed ones are forgotten."""

from __future__ import annotations

from monitor.storage import alerts
from tests.alerts.changes import alert, fired
from tests.storage.memory import tables


def test_an_alert_comes_back_as_it_was():
    """Also what is unknown, and who has it."""
    kept = alert(
        fired(sku="s1"), acked_by="李敏", acked_at=9.5, values={"stock": None, "eta_s": 4.0}
    )

    with tables() as connection:
        alerts.write(connection, {kept.key: alerts.encode(kept)}, [])

        assert [kept] == alerts.read(connection)


def test_writing_replaces_and_closing_removes():
    """By key."""
    a, b = alert(fired("a")), alert(fired("b"))

    with tables() as connection:
        alerts.write(connection, {"a|r1": alerts.encode(a), "b|r1": alerts.encode(b)}, [])
        a.state = "recovering"
        alerts.write(connection, {"a|r1": alerts.encode(a)}, ["b|r1", "unknown"])

        assert [a] == alerts.read(connection)
