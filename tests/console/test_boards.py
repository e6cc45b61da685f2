"""Pictures for those who see the same, from one look at the desk."""

from __future__ import annotations

import json
from typing import Any

from monitor.clock import ManualClock
from monitor.console.boards import Boards
from monitor.console.scope import EVERYTHING, Scope
from monitor.signals.views import RoomView
from tests.console.acted import ActedDesk

PART = Scope(rooms=("a",), gmv=False, nick=False)


def boards() -> tuple[Boards, ActedDesk]:
    rooms = [RoomView(room=name, online=1, gmv_minor=500) for name in "ab"]
    desk = ActedDesk(ManualClock(), rooms)
    return Boards(desk), desk


def shown(picture: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(picture.snapshot(0.0))
    return found


def test_who_sees_the_same_shares_a_picture():
    """
    A viewer and an operator the wall; of a room's page only those who see the same names.
    """
    it, _ = boards()

    assert it.whole is it.wall(EVERYTHING) is it.wall(Scope(nick=False))
    assert it.wall(PART) is it.wall(PART) is not it.whole
    assert it.room("a", EVERYTHING) is not it.room("a", Scope(nick=False))


def test_a_part_of_the_house_shows_its_rooms_and_alerts_only():
    """
    Then as later, and in the log; a room that is not seen is one that is not known.
    """
    it, desk = boards()
    it.remember([desk.changes[-1] for room in "ba" if desk.fire(room, "old")])
    wall, room, other = it.wall(PART), it.room("a", PART), it.room("b", PART)
    it.look({id(wall), id(room), id(other)})
    for name in "ab":
        desk.fire(name, "stock")
        it.told(desk.changes[-1:])
    desk.move("b", online=9)
    it.look({id(wall), id(room), id(other)})

    whole = shown(wall)
    assert [("a", None)] == [(each["room"], each["gmv_minor"]) for each in whole["rooms"]]
    assert {"a"} == {each["room"] for each in whole["alerts"] + whole["log"]}
    assert 2 == len(whole["fired"])
    assert (True, None) == (shown(room)["known"], shown(room)["tile"]["gmv_minor"])
    assert (False, [], []) == tuple(shown(other)[name] for name in ("known", "alerts", "log"))
    assert 2 == len(shown(it.whole)["rooms"])


def test_what_nobody_looks_at_is_forgotten():
    """
    But for the wall of everything, which the next screen most likely wants.
    """
    it, _ = boards()
    wall, room = it.wall(PART), it.room("a", PART)
    it.look({id(room)})

    assert wall is not it.wall(PART)
    assert room is it.room("a", PART)
    it.look(())
    assert room is not it.room("a", PART)
    assert it.whole is it.wall(EVERYTHING)
