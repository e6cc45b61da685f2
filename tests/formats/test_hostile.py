"""
Hostile inputs: the whole list, each counted under its own reason, none of them dear.
"""

import json
import time
import zlib

import pytest

from monitor.events import Mark
from monitor.formats.decoder import Decoder
from monitor.frames import Batch, Frame

NOW = 1_795_370_000.0
GOOD = b'{"type":"mark","room":"r","at":1795370000,"text":"fine","by":"desk"}'
ROOMY = 512 * 2**20  # a limit that lets a case be refused for what it is, not for its size


def like(**changed: object) -> bytes:
    fact = {"type": "like", "room": "r", "at": 1795370000, "id": "1", "value": 3}
    return json.dumps(fact | changed, ensure_ascii=False).encode()


def comment(text: bytes) -> bytes:
    return (
        b'{"type":"comment","room":"r","at":1795370000,"id":"1","user":"u","text":"' + text + b'"}'
    )


def paid(amount: int) -> bytes:
    order = {"order": "o", "sku": "s", "amount_minor": amount}
    return json.dumps({"type": "order_paid", "room": "r", "at": 1795370000} | order).encode()


def value(spelling: bytes) -> bytes:
    return b'{"type":"like","room":"r","at":1795370000,"value":' + spelling + b"}"


def deflate_bomb() -> bytes:
    """What a peer that inflates 249 kB would hand on, were it not for the limit."""
    return zlib.decompress(zlib.compress(b" " * 4_000_000, 9))


MEGABYTE = 1_000_000

# name -> frame, reason
CASES: dict[str, tuple[bytes, str]] = {
    "empty body": (b"", "empty"),
    "only spaces": (b"  \n\t ", "only spaces"),
    "null": (b"null", "null"),
    "a bare number": (b"12", "bare number"),
    "truncated JSON": (GOOD[:-9], "truncated"),
    "trailing bytes": (GOOD + b" xx", "trailing bytes"),
    "BOM": (b"\xef\xbb\xbf" + GOOD, "byte order mark"),
    "invalid UTF-8": (comment(b"\xff\xfe"), "invalid UTF-8"),
    "lone surrogate escape": (comment(b"\\ud800"), "lone surrogate"),
    "lone surrogate escape, the lower half": (comment(b"\\udc00 x"), "lone surrogate"),
    "raw control character": (comment(b"a\x01b"), "raw control character"),
    "NaN": (value(b"NaN"), "NaN"),
    "Infinity": (value(b"Infinity"), "Infinity"),
    "-Infinity": (value(b"-Infinity"), "Infinity"),
    "1e999": (value(b"1e999"), "number out of range"),
    "integer of 1 MB": (value(b"1" * MEGABYTE), "integer too long"),
    "integer of 200 kB": (value(b"1" * 200_000), "integer too long"),
    "bool where int": (value(b"true"), "bool where a number belongs"),
    "string where int": (value(b'"3"'), "text where a number belongs"),
    "float where int": (value(b"1.5"), "fraction where a whole number belongs"),
    "missing field": (b'{"type":"like","room":"r"}', "missing field"),
    "unknown type": (like(type="hologram"), "unknown type"),
    "200,000-deep nesting": (b"[" * 200_000, "nested too deep"),
    "200,000-deep nesting in a field": (like()[:-1] + b',"x":' + b"[" * 200_000, "nested too deep"),
    "1,000,000 keys": (
        b"{" + b",".join(b'"k%d":0' % n for n in range(MEGABYTE)) + b"}",
        "too many keys",
    ),
    "array of 1,000,000 nulls": (b"[" + b",".join([b"null"] * MEGABYTE) + b"]", "too many nulls"),
    "payload over 256 KiB": (b"[" + b",".join([GOOD] * 5_000) + b"]", "too large"),
    "deflate bomb": (deflate_bomb(), "too large"),
    "duplicate keys": (like()[:-1] + b',"room":"other"}', "duplicate key"),
    "negative money": (paid(-1), "money out of range"),
    "absurd money": (paid(10**15 + 1), "money out of range"),
    "time in ms where s is meant": (like(at=1795370000123), "time in milliseconds"),
    "year 1970": (like(at=7), "time too long ago"),
    "year 9999": (like(at=253402300799), "time too far ahead"),
    "id of 1 MB": (like(id="7" * MEGABYTE), "id too long"),
    "id of 200 kB": (like(id="x" * 200_000), "id too long"),
    "text of 1 MB": (comment(b"x" * MEGABYTE), "text too long"),
    "text of 200 kB": (comment("长".encode() * 66_000), "text too long"),
    "room name with control characters": (like(room="r\u0007oom"), "room name"),
    "room name with bidi characters": (like(room="moor\u202e"), "room name"),
    "right shape for another source's token": (like(room="theirs"), "room not allowed"),
}

# What only a platform's own format can get wrong: format, frame, reason
ELSEWHERE: dict[str, tuple[str, bytes, str]] = {
    "JSON-in-string broken inside": (
        "barragegrab",
        b'{"Type":1,"ProcessName":"x","Data":"{\\"MsgId\\":1,"}',
        "broken JSON in a string",
    ),
    "another platform's frame": ("bilibili", GOOD, "missing field"),
    "no room in it, none configured": ("bilibili", b'{"cmd":"LIVE"}', "no room"),
    "a time that is none": (
        "cloudevents",
        b'{"specversion":"1.0","type":"live.like.v1","source":"s","subject":"r","id":"1",'
        b'"time":"yesterday"}',
        "bad time",
    ),
}


def decoder(name: str = "native", **settings: object) -> Decoder:
    rooms = frozenset({"r", "r\u0007oom", "moor\u202e"}) if name == "native" else None
    return Decoder(source="door", format=name, rooms=rooms, **settings)  # type: ignore[arg-type]


def feed(machine: Decoder, data: bytes) -> list[Batch]:
    return machine.receive([Frame(data=data, received_at=NOW)], NOW)


def still_works(machine: Decoder) -> bool:
    (batch,) = feed(machine, GOOD)
    return batch.events == [Mark(room="r", at=NOW, text="fine", by="desk")]


@pytest.mark.parametrize("name", CASES)
def test_each_case_is_refused_and_counted_under_its_own_reason(name: str) -> None:
    """
    Nothing of it gets through, one reason is counted once, and the next frame is read.
    """
    data, reason = CASES[name]
    machine = decoder()

    batches = feed(machine, data)

    assert [] == batches
    assert {reason: 1} == machine.rejected
    assert [(0, [reason])] == [
        (r.accepted, [why for _, why in r.rejected]) for r in machine.reports
    ]
    assert [reason] == [why for why, _ in machine.samples]
    assert still_works(machine)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_only_other_formats_can_get_wrong_has_its_own_reason_too(name: str) -> None:
    """
    The same for what a flat native event can not be wrong about.
    """
    wire, data, reason = ELSEWHERE[name]
    machine = decoder(wire)

    assert [] == feed(machine, data)
    assert {reason: 1} == machine.rejected


@pytest.mark.parametrize("name", CASES)
def test_no_case_costs_more_than_5_ms(name: str) -> None:
    """
    The least of several runs, in processor time: the machine may be busy with something else.
    """
    data, _ = CASES[name]
    machine = decoder()
    costs = []
    for _ in range(5):
        began = time.process_time()
        feed(machine, data)
        costs.append(time.process_time() - began)

    assert 0.005 >= min(costs)


@pytest.mark.parametrize(
    "data",
    [
        b"[" + b",".join([b"null"] * 52_000) + b"]",
        b"\n".join([b"{}"] * 80_000),
        b"[" + b",".join([b'{"type":"like"}'] * 16_000) + b"]",
        b"{" + b",".join(b'"k%d":0' % n for n in range(24_000)) + b"}",
    ],
    ids=["nulls", "lines", "objects", "keys"],
)
def test_a_frame_full_of_mistakes_under_the_limit_is_given_up_on_in_time(data: bytes) -> None:
    """
    256 KiB hold tens of thousands of mistakes; after a bounded number the rest is not read.
    """
    machine = decoder()
    costs = []
    for _ in range(5):
        began = time.process_time()
        batches = feed(machine, data)
        costs.append(time.process_time() - began)
        assert [] == batches

    # 5 ms are promised for the list; this worst case is allowed a few more.
    assert 0.012 >= min(costs)
    assert len(machine.reports[0].rejected) <= 1_001
    assert still_works(machine)


def test_an_unknown_field_is_no_mistake() -> None:
    """
    Unknown fields are ignored, whatever is in them, and counted nowhere.
    """
    machine = decoder()

    (batch,) = feed(machine, like(colour={"deep": [1, {"x": None}]}))

    assert 1 == len(batch.events)
    assert {} == machine.rejected
    assert {} == machine.unknown


def test_cases_that_only_size_refuses_are_refused_for_what_they_are_without_the_limit() -> None:
    """
    A larger limit changes neither the reason nor that it is refused.
    """
    for name in ("integer of 1 MB", "id of 1 MB", "text of 1 MB"):
        data, reason = CASES[name]
        machine = decoder(max_frame_bytes=ROOMY)

        assert [] == feed(machine, data)
        assert {reason: 1} == machine.rejected


def test_samples_can_be_printed_on_any_terminal() -> None:
    """
    A snippet holds no control and no bidi character, and is short.
    """
    machine = decoder()
    feed(machine, comment(b"\x1b]0;owned\x07" + "\u202e".encode()) + b"x" * 5_000)

    ((_, snippet),) = machine.samples

    assert snippet.isprintable()
    assert 160 >= len(snippet)
