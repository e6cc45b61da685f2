"""Keeps the rooms of one worker: what each order does."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.engines import wire
from monitor.engines.footing import Footing
from monitor.engines.freight import Freight, Load
from monitor.engines.keeper import Keeper
from monitor.engines.owners import Owners
from monitor.events import Event
from monitor.formats.parcels import salt
from monitor.rules import compile as rules
from monitor.rules.faults import MOST
from monitor.rules.kinds.change import ChangeAsker
from monitor.shard.answers import Answer
from monitor.signals.tables import Settings
from tests.shard.test_watched import alert
from tests.stage import START, fact

RULES = """\
rules:
  - {id: busy, kind: threshold, when: comments_10s >= 3}
  - {id: wide, kind: threshold, scope: platform, when: rooms_live > 0}
"""
DEEP = RULES + "  - {id: amid, kind: composite, when: firing(wide) and firing(busy)}\n"


def keeper(text: str = RULES) -> Keeper:
    written = Footing(rules=rules.parse(text)).written()
    return Keeper(wire.Lay(written=written, core=Settings(mood=False), salt=salt()))


def comments(count: int, room: str = "a", at: float = 0.0) -> wire.Facts:
    facts = [fact("comment", at, room=room, user=f"u{n}", platform="dy") for n in range(count)]
    return wire.Facts("s", START + at, START + at, (), load(*facts))


def load(*facts: Event) -> Load:
    found = Freight().share(list(facts), Owners(1, 100), lambda *_: None).loads[0]
    assert found is not None
    return found


def tick(one: Keeper, at: float, **asked: Any) -> Any:
    return one.obey(wire.Tick(START + at, **{"views": False, "rooms": [], **asked}))


def test_a_tick_tells_changes_and_what_is_news():
    """Of what is as it was nothing is told again. Rules of platforms are asked elsewhere."""
    one = keeper()
    nothing = one.obey(comments(3))
    first, second = tick(one, 0.25), tick(one, 0.5, views=True, rooms=["a", "x"])

    assert nothing is None
    assert [(0, ["busy|a"])] == [(g, [c.key for c in changes]) for g, changes in first.asked]
    assert ["busy|a"] == [each.key for each in first.news.alerts]
    assert {"a": "dy"} == {room: tag.platform for room, tag in first.news.tags.items()}
    assert [("platform", ["", "dy"])] == [(share.scope, share.names) for share in first.shares]
    assert ([], [], {}) == (second.news.alerts, second.news.closed, second.news.tags)
    assert (["a"], ["a", "x"]) == ([view.room for view in second.views], list(second.details))
    assert first.views is None
    assert second.details["x"] is None


def test_where_rules_ask_of_platforms_a_tick_waits_for_what_those_say():
    """Facts that come meanwhile count after it."""
    one = keeper(DEEP)
    one.obey(comments(3))
    shared = tick(one, 0.25)
    one.obey(comments(2, "b", 0.3))
    one.obey(wire.Expect("c", START, START + 60))
    before = one.shard.figures.received
    told = one.obey(wire.Hear([Answer("wide", "dy", 2, False, START)]))

    assert isinstance(shared, wire.Shared)
    assert ["busy|a", "amid|a"] == [c.key for _, changes in told.asked for c in changes]
    assert (3, 5) == (before, one.shard.figures.received)
    assert "c" in dict(one.shard.figures.tables.rooms.row_of)


def test_a_batch_that_breaks_the_core_is_counted_and_told(monkeypatch: pytest.MonkeyPatch):
    one = keeper()
    with monkeypatch.context() as broken:
        broken.setattr(one.shard, "receive", None)
        one.obey(comments(1))
    first, second = tick(one, 0.25), tick(one, 0.5)

    assert (1, 1) == (first.news.figures["faults"], second.news.figures["faults"])
    assert first.news.broke.startswith("s: Traceback")
    assert "" == second.news.broke


def test_a_rule_that_was_switched_off_is_told(monkeypatch: pytest.MonkeyPatch):
    """The mistake is put in by hand."""

    def throw(*_: Any) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(ChangeAsker, "ask", throw)
    one = keeper(RULES + "  - {id: odd, kind: change, fact: pin}\n")
    one.obey(comments(3))
    told = [tick(one, number / 4).news.broken for number in range(1, MOST + 1)]

    assert [{}] * (MOST - 1) == told[:-1]
    assert told[-1]["odd"].endswith("RuntimeError: ours\n")


def test_what_people_do_is_told_as_news():
    one = keeper()
    one.obey(comments(3))
    tick(one, 0.25)
    first = one.obey(wire.Acknowledge("busy|a", 1, "李敏", START + 1))
    again = one.obey(wire.Acknowledge("busy|a", 1, "王芳", START + 2))
    explained = one.obey(wire.Explain("busy", "a", None))
    unknown = one.obey(wire.Explain("busi", "a", None))

    assert (True, False) == (first.first, again.first)
    assert "李敏" == again.change.by == first.news.alerts[0].acked_by
    assert "firing" == explained.found.state
    assert (None, True) == (unknown.found, unknown.why.startswith("unknown rule"))
    assert one.obey(wire.Look("a", START + 3)).detail == one.shard.detail("a", START + 3)


def test_what_was_prepared_is_put_in_force_when_it_is_time():
    one = keeper()
    one.obey(comments(2))
    one.prepare(Footing(rules=rules.parse(RULES.replace(">= 3", ">= 2"))).written())
    before = tick(one, 0.25).asked
    reloaded = one.obey(wire.Reload(START + 0.3))
    after = tick(one, 0.5).asked

    assert ([], []) == (before, reloaded.changes)
    assert ["busy|a"] == [change.key for _, changes in after for change in changes]


def test_alerts_of_before_are_taken_up_and_told():
    one = keeper()
    one.obey(wire.Restore([alert(key="busy|a", rule="busy", room="a")], {"busy|a": 4}, None))
    one.obey(comments(1))
    told = tick(one, 0.25)

    assert ["busy|a"] == [each.key for each in told.news.alerts]


def test_orders_of_shops_are_claimed_and_placed():
    one = keeper()
    shelf = fact("shelf", 0.0, room="a", sku="s1", on=True)
    one.obey(wire.Facts("s", START, START, (), load(shelf)))
    order = fact("order_paid", 0.1, room="shop:x", sku="s1", amount_minor=70)
    (claimed,) = one.obey(wire.Claim([order])).claims
    one.obey(wire.Place([order], ["a"], START + 0.2))
    (view,) = tick(one, 0.25, views=True).views

    assert (False, ["a"], ["a"]) == (claimed.owned, claimed.live, claimed.listed)
    assert 70 == view.gmv_minor


@pytest.mark.parametrize("order", [wire.Hear([])])
def test_what_comes_out_of_turn_is_no_order(order: Any) -> None:
    """The daemon sends none."""
    with pytest.raises(AssertionError):
        keeper().obey(order)
