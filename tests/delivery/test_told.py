"""What a channel was told of an alert decides what follows there."""

from __future__ import annotations

from msgspec.structs import replace

from monitor.delivery import told as module
from monitor.delivery.told import Told
from tests.alerts.changes import resolved
from tests.storage.notices import T0, fired, notice


def over(change=None):
    return notice(resolved(change or fired(), T0 + 9))


def test_nothing_known_is_nothing_missed():
    """After a pruning or an upgrade: better told twice than not at all."""

    assert Told().missed(over()) is None
    assert Told().reference(over()) is None


def test_a_message_that_stands_alone_can_be_edited():
    """One that tells of others can not."""
    told = Told()
    other = fired("stock")
    told.note(notice(), "sent", "C1:1.0")
    told.note(notice(other, also=(fired("drop"),)), "sent", "C1:2.0")

    assert "C1:1.0" == told.reference(over())
    assert told.reference(over(other)) is None
    assert told.reference(over(fired("drop"))) is None


def test_what_never_came_is_missed_in_its_own_way():
    """Dead: the fallback may know it. Expired: nobody does."""
    told = Told()
    told.note(notice(), "dead")
    told.note(notice(fired("late")), "expired")

    assert "dead" == told.missed(over())
    assert "expired" == told.missed(over(fired("late")))


def test_what_was_told_stays_told():
    """A later notice that fails does not undo it."""
    told = Told()
    told.note(notice(), "sent", "C1:1.0")
    told.note(over(), "expired")

    assert told.missed(over()) is None
    assert "C1:1.0" == told.reference(over())


def test_memory_is_bounded(monkeypatch):
    """The oldest is forgotten."""
    monkeypatch.setattr(module, "REMEMBERED", 3)
    told = Told()

    for number in range(4):
        told.note(notice(fired(room=f"r{number}")), "dead")

    assert told.missed(over(fired(room="r0"))) is None
    assert "dead" == told.missed(over(fired(room="r1")))


def test_a_reminder_is_a_message_of_its_own():
    """Nobody looks at one that was edited."""
    told = Told()
    told.note(notice(), "sent", "C1:1.0")
    again = replace(fired(), change="again", times=1)

    assert told.reference(notice(again)) is None
    told.note(notice(again), "sent", "C1:2.0")
    assert "C1:1.0" == told.reference(over())
