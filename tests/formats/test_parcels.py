"""What is split for another process and opened there is what it was."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.formats.cloudevents import CloudEvents
from monitor.formats.native import Native
from monitor.formats.parcels import Parcels, salt, use_salt
from monitor.scanned import Scanned
from monitor.signals.gathering import gather
from monitor.speedups.loaded import compiled
from tests.formats.test_scanner import AT, OBJECTS, wrapped

PARCELS = Parcels()
NATIVE = Native()
PADDING = b" " * 5000


class Owned(dict[str, int]):
    """Rooms, each of the owner that a function tells."""

    def __init__(self, owner_of) -> None:
        super().__init__()
        self.owner_of = owner_of

    def __missing__(self, room: str) -> int:
        return self.owner_of(room)


@settings(max_examples=60, deadline=None)
@given(objects=st.lists(OBJECTS, min_size=1, max_size=12), owners=st.integers(1, 4))
def test_each_owner_gets_the_facts_of_its_rooms_in_their_order(objects, owners):
    blob = msgspec.json.encode(objects)
    facts = NATIVE.scan(blob + PADDING)
    if facts is None:
        return
    shares = facts.split(Owned(lambda room: len(room) % owners), owners)

    for owner, messages in enumerate(shares):
        opened = PARCELS.open(messages)
        mine = [fact for fact in facts if len(fact.room) % owners == owner]
        assert mine == opened
        row_of = {fact.room: number for number, fact in enumerate(mine)}
        fast, plain = gather(opened, row_of, AT), gather(mine, row_of, AT)
        for (_, one), (_, other) in zip(plain.kinds, fast.kinds, strict=True):
            np.testing.assert_equal(other.block, one.block)
            np.testing.assert_equal(other.flags, one.flags)
            np.testing.assert_equal(other.at, one.at)
        np.testing.assert_equal(fast.keys, plain.keys)


def test_texts_and_sources_go_along():
    comments = [
        {"type": "comment", "room": room, "at": AT, "user": room * 2, "text": f"\n{room}"}
        for room in "ab"
    ]
    flat = NATIVE.scan(msgspec.json.encode(comments))
    around = CloudEvents().scan(msgspec.json.encode([wrapped(each) for each in comments]))
    opened = PARCELS.open(
        [*flat.split(Owned(ord), 128)[ord("b")], *around.split(Owned(lambda _: 0), 1)[0]]
    )

    assert ["bb", "aa", "bb"] == opened.texts("user")
    assert ["\nb", "\na", "\nb"] == opened.texts("text")
    assert [None, "/douyin/a"] == [scan.source for scan in opened.scans]


def test_a_scan_that_was_opened_can_be_split_again():
    facts = NATIVE.scan(
        msgspec.json.encode([{"type": "like", "room": r, "at": AT} for r in "abab"])
    )
    (once,) = facts.split(Owned(lambda _: 0), 1)
    again = PARCELS.open(once).split(Owned("ab".index), 2)

    assert [2, 2] == [len(PARCELS.open(share)) for share in again]


def test_a_message_may_lie_where_another_will():
    """Nothing of that place is needed any more, once it was opened."""
    comments = [
        {"type": "comment", "room": room, "at": AT, "user": room * 2, "text": f"\n{room}"}
        for room in "abcab"
    ]
    for facts in (
        NATIVE.scan(msgspec.json.encode(comments)),
        CloudEvents().scan(msgspec.json.encode([wrapped(each) for each in comments])),
    ):
        place = bytearray(4096)
        asked = []

        def room(owner, size, place=place, asked=asked):
            asked.append((owner, size))
            return ("there", memoryview(place)[:size]) if owner == 0 else None

        plain = facts.split(Owned("abc".index), 3)
        shares = facts.split(Owned("abc".index), 3, room)
        with memoryview(place)[: asked[0][1]] as lying:
            opened = PARCELS.open([lying])
        place[:] = bytes(4096)

        assert [(0, len(plain[0][0])), (1, len(plain[1][0])), (2, len(plain[2][0]))] == asked
        assert [["there"], plain[1], plain[2]] == shares
        assert list(PARCELS.open(plain[0])) == list(opened)
        assert ["\na", "\na"] == opened.texts("text")


def test_a_place_that_is_too_small_is_an_error():
    facts = NATIVE.scan(msgspec.json.encode([{"type": "like", "room": "r", "at": AT}]))

    for place in (memoryview(bytearray(9)), memoryview(bytes(4096)), None):
        with pytest.raises((ValueError, TypeError)):
            facts.split(Owned(lambda _: 0), 1, lambda owner, size, place=place: ("there", place))
    with pytest.raises(ZeroDivisionError):
        facts.split(Owned(lambda _: 0), 1, lambda owner, size: 1 / 0)


@pytest.mark.parametrize("lies", [bytes, memoryview])
@pytest.mark.parametrize(
    "change",
    [
        lambda m: m[:10],
        lambda m: b"",
        lambda m: b"\x07" + m[1:],
        lambda m: m[:60],
        lambda m: m[:4] + b"\xff" * 8 + m[12:],
    ],
)
def test_what_is_no_message_is_an_error(change, lies):
    facts = NATIVE.scan(msgspec.json.encode([{"type": "like", "room": "r", "at": AT}]))
    ((message,),) = facts.split(Owned(lambda _: 0), 1)

    with pytest.raises(ValueError, match="no message"):
        PARCELS.open([lies(change(message))])


def test_an_owner_that_is_not_there_is_an_error():
    facts = NATIVE.scan(msgspec.json.encode([{"type": "like", "room": "r", "at": AT}]))

    with pytest.raises(IndexError):
        facts.split(Owned(lambda _: 2), 2)


def test_processes_of_one_salt_have_the_same_keys():
    """And of another salt others."""
    program = (
        "import sys, numpy as np\n"
        "from monitor.formats.parcels import use_salt\n"
        "from monitor.signals.hashes import hashes\n"
        "before = hashes(['用户'])[0]\n"
        "use_salt(bytes.fromhex(sys.argv[1]))\n"
        "print(hashes(['用户'])[0], before)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, salt().hex()], capture_output=True, text=True, check=True
    )
    found = np.zeros(1, np.int64)
    compiled.keys(["用户"], found)
    theirs, before = map(int, told.stdout.split())

    assert found[0] == theirs != before
    with pytest.raises(ValueError, match="not"):
        use_salt(b"")
    with pytest.raises(ValueError, match="no salt"):
        use_salt(b"short")
    assert isinstance(PARCELS.open([]), Scanned)
