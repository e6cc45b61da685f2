"""Facts that were scanned are a sequence like any other."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from monitor.events import Comment, Event
from monitor.formats import scanner
from monitor.scanned import Scanned, texts_of
from monitor.signals.gathering import gather
from monitor.signals.hashes import hashes
from monitor.signals.rooms import Rooms

EVENT = msgspec.json.Decoder(Event)
AT = 1_795_370_000.0


def scanned(*objects: dict) -> Scanned:
    found = scanner.native(EVENT.decode)(msgspec.json.encode(objects))
    assert found is not None
    return found


def comment(text: str, user: str = "u", room: str = "r") -> dict:
    return {"type": "comment", "room": room, "at": AT, "user": user, "text": text}


def test_a_struct_is_made_when_it_is_looked_at_and_made_once():
    facts = scanned(comment("a"), comment("b"))

    assert Comment(room="r", at=AT, user="u", text="b") == facts[1] == facts[-1]
    assert facts[1] is facts[1]
    assert ["a", "b"] == [fact.text for fact in facts]
    with pytest.raises(IndexError):
        facts[2]


def test_parts_are_sequences_too():
    facts = scanned(*(comment(str(number)) for number in range(5)))

    assert ["3", "4"] == facts[3:].texts("text")
    assert ["4", "0"] == facts.take(np.array([4, 0])).texts("text")
    assert 0 == len(facts[:0])


def test_what_is_taken_up_and_joined_comes_behind():
    facts, more = scanned(comment("a")), scanned(comment("b", room="s"), comment("c", room="t"))
    joined = Scanned.joined([more[1:], facts, more])
    facts.extend(more)

    assert ["a", "b", "c"] == facts.texts("text")
    assert {"r", "s", "t"} == facts.rooms()
    assert ["c", "a", "b", "c"] == joined.texts("text")


def test_texts_are_those_of_the_structs():
    """Absent, null, escaped and of kinds that are no columns."""
    facts = scanned(
        comment('"几号"\n', user="用户"),
        comment("\u2028🎁"),
        {"type": "like", "room": "r", "at": AT},
        {"type": "like", "room": "r", "at": AT, "user": None},
    )
    orders = scanned(
        {"type": "order_paid", "room": "r", "at": AT, "order": "1", "sku": "s", "currency": "USD"},
        {"type": "order_paid", "room": "r", "at": AT, "order": "2", "sku": "\\", "user": "v"},
        {"type": "stock", "room": "r", "at": AT, "sku": "t", "value": 1},
    )

    assert ['"几号"\n', "\u2028🎁"] == facts[:2].texts("text") == texts_of(list(facts[:2]), "text")
    assert ["用户", "u", None, None] == facts.texts("user")
    assert ["USD", "CNY"] == orders[:2].texts("currency")
    assert ["s", "\\", "t"] == orders.texts("sku")
    assert hashes(["s", "\\", "t"]).tolist() == orders.keys("sku").tolist()
    assert [*hashes(["用户", "u"]), 0, 0] == facts.keys("user").tolist()


def test_they_equal_any_sequence_of_the_same_facts():
    facts = scanned(comment("a"))

    assert facts == [Comment(room="r", at=AT, user="u", text="a")]
    assert facts != [Comment(room="r", at=AT, user="u", text="b")]
    with pytest.raises(TypeError):
        hash(facts)


def test_a_row_that_was_given_to_another_room_is_not_taken_for_the_one_before():
    """What a scanner remembers of rows is of one version of them."""
    rooms, scan = Rooms({}), scanner.native(EVENT.decode)

    def blob_of(names: str) -> bytes:
        return msgspec.json.encode([{"type": "like", "room": name, "at": AT} for name in names])

    def rows(names: str) -> list[int]:
        return gather(scan(blob_of(names)), rooms.row_of, AT).row.tolist()

    before = [rows("ab"), rows("ba")]
    rooms.release(0)

    assert [[0, 1], [1, 0]] == before
    assert [[0, 1], [2, 0]] == [rows("cb"), rows("ac")]
    other = {"a": 7, "b": 8, "c": 9}
    assert [7, 9] == gather(scan(blob_of("ac")), other, AT).row.tolist()


def test_names_of_rooms_that_are_heard_of_no_more_are_let_go():
    """When most are gone the next scan begins with none; one that is there keeps its own."""
    scan = scanner.native(EVENT.decode)

    def names(names: str) -> Scanned:
        found = scan(
            msgspec.json.encode([{"type": "like", "room": name, "at": AT} for name in names])
        )
        assert found is not None
        return found

    first = names("abcdab")
    first.approve()
    scan.forget(2)
    known = names("abcd").good
    scan.forget(1)
    anew = names("ad")

    assert (True, False) == (known, anew.good)
    assert ["a", "b", "c", "d"] == first.scans[0].rooms
    assert [0, 1, 2, 3, 0, 1] == gather(first, Rooms({}).row_of, AT).row.tolist()
    anew.approve()
    assert names("da").good
    assert not names("db").good
