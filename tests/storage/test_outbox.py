"""Every notice is in the outbox once, with what became of it."""

from __future__ import annotations

from monitor.storage import outbox
from tests.alerts.changes import resolved
from tests.storage.memory import tables
from tests.storage.notices import T0, fired, notice


def test_a_notice_is_taken_once():
    """Its id is the idempotency key; the second one is refused, also when it says other things."""
    first, second = notice(), notice(fired("stock"))

    with tables() as connection:
        accepted = outbox.put(connection, [first, second])
        again = outbox.put(connection, [notice(reason="another"), notice(fired(episode=2))])

    assert [first, second] == accepted
    assert ["angry|r1|2|fired|ops"] == [found.id for found in again]


def test_what_is_unsent_comes_back_oldest_first():
    """Settled ones do not."""
    rooms = [notice(fired(room=f"r{number}")) for number in range(6)]

    with tables() as connection:
        outbox.put(connection, rooms)
        for number, state in enumerate(("sent", "dead", "expired", "superseded")):
            outbox.mark(connection, rooms[number].id, state, attempt=1, now=T0)
        rows = outbox.unsent(connection)

    assert [rooms[4], rooms[5]] == [row.notice for row in rows]


def test_what_was_being_sent_when_the_process_ended_is_marked_as_repeated():
    """It may have arrived."""
    with tables() as connection:
        outbox.put(connection, [notice()])
        outbox.mark(connection, notice().id, "sending", attempt=3, now=T0)
        [row] = outbox.unsent(connection)

    assert (True, 3) == (row.notice.repeated, row.attempt)


def test_a_reference_once_given_stays():
    """A later mark without one does not wipe it out."""
    with tables() as connection:
        outbox.put(connection, [notice()])
        outbox.mark(connection, notice().id, "sent", attempt=1, now=T0, reference="C1:5.0")
        outbox.mark(connection, notice().id, "sent", attempt=1, now=T0)
        [row] = outbox.fired(connection)

    assert "C1:5.0" == row.reference


def test_only_what_fired_is_asked_for_after_a_restart():
    """Who was told of an alert is found in these."""
    with tables() as connection:
        outbox.put(connection, [notice(), notice(resolved(fired(), T0 + 1))])

        assert [notice()] == [row.notice for row in outbox.fired(connection)]


def test_pruning_takes_old_settled_notices_only_and_not_all_at_once():
    """What is unsent stays however old it is."""
    with tables() as connection:
        outbox.put(connection, [notice(fired(room=f"r{number}")) for number in range(5)])
        for number in range(4):
            name = f"angry|r{number}|1|fired|ops"
            outbox.mark(connection, name, "sent", attempt=1, now=T0 + number)
        counts = [outbox.prune(connection, T0 + 3, 2) for _ in range(3)]

        assert [2, 1, 0] == counts
        assert {"sent": 1, "new": 1} == outbox.states(connection)
