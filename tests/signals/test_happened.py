"""Facts of one tick, of the kinds that somebody asks for."""

from __future__ import annotations

from monitor.events import Pin, Session, Unpin
from monitor.signals import happened as module
from monitor.signals.happened import Happened
from tests.stage import Stage

PIN = Pin(room="r", at=1e9, sku="s1")
UNPIN = Unpin(room="r", at=1e9, sku="s1")


def test_what_nobody_asks_for_is_not_kept():
    happened = Happened()
    happened.want([Pin])
    happened.note(3, PIN)
    happened.note(3, UNPIN)

    assert [(3, PIN)] == happened.of(Pin)
    assert [] == happened.of(Unpin)


def test_a_tick_sees_them_once():
    happened = Happened()
    happened.want([Pin])
    happened.note(3, PIN)
    happened.clear()

    assert [] == happened.of(Pin)


def test_asking_for_something_else_loses_nothing_of_what_is_still_wanted():
    happened = Happened()
    happened.want([Pin, Unpin])
    happened.note(3, PIN)
    happened.want([Pin, Session])

    assert [(3, PIN)] == happened.of(Pin)


def test_more_than_a_tick_can_hold_is_counted(monkeypatch):
    monkeypatch.setattr(module, "LIMIT", 2)
    happened = Happened()
    happened.want([Pin])
    for _ in range(3):
        happened.note(0, PIN)

    assert (2, 1) == (len(happened.of(Pin)), happened.lost)
    happened.clear()
    happened.note(0, PIN)
    assert 1 == len(happened.of(Pin))


def test_facts_of_state_come_here_and_those_of_the_config_do_not():
    """What the config says of the shelf is known at the start; it has not happened."""
    stage = Stage()
    tables = stage.shard.figures.tables
    tables.happened.want([Pin])
    stage.tell("pin", sku="s1")
    stage.receive(PIN, source="config")

    assert ["s1"] == [fact.sku for _, fact in tables.happened.of(Pin)]
