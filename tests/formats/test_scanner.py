"""A scanned blob says what msgspec reads in it, fact for fact and column for column."""

from __future__ import annotations

import random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import FrameError
from monitor.events import KINDS, Comment, Event
from monitor.formats import scanner
from monitor.formats.cloudevents import CloudEvents, own_fields, wire_type
from monitor.formats.format import Read
from monitor.formats.native import Native
from monitor.frames import Frame
from monitor.scanned import Scanned
from monitor.signals.gathering import gather
from monitor.signals.grouping import FIELDS

EVENT = msgspec.json.Decoder(Event)
AT = 1_795_370_000.0
NAMES = st.sampled_from(["u1", "用户", "a b", "ü", "🎁", "x" * 17, "x" * 256, "9"])
TEXTS = st.text(max_size=30) | st.sampled_from(
    ["几号链接", "", '"{}[]:,\\', "\u2028🎁", "多少钱 " * 9]
)
COUNTS = st.sampled_from([0, 1, 7, 12_345, 10**9])
TIMES = st.sampled_from([AT, AT + 0.2, AT + 0.123456, 946_684_800, 4_102_444_800.0, AT - 1e-7])


def _of(info: msgspec.inspect.Field) -> st.SearchStrategy:
    match info.type:
        case msgspec.inspect.UnionType(types=types):
            (holds,) = (each for each in types if not isinstance(each, msgspec.inspect.NoneType))
            return st.none() | _of(msgspec.structs.replace(info, type=holds))
        case msgspec.inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case msgspec.inspect.BoolType():
            return st.booleans()
        case msgspec.inspect.FloatType(ge=0):
            return st.sampled_from([0, 0.5, 1])
        case msgspec.inspect.FloatType():
            return TIMES
        case msgspec.inspect.IntType():
            return COUNTS
        case msgspec.inspect.StrType(min_length=3):
            return st.sampled_from(["CNY", "USD", "元元元"])
        case msgspec.inspect.StrType(min_length=1):
            return NAMES
    return TEXTS


def _objects(tag: str) -> st.SearchStrategy[dict]:
    required, optional = (
        {"type": st.just(tag)},
        {"more": COUNTS, "note": TEXTS, "odd": st.just(-1.5e3)},
    )
    for info in msgspec.inspect.type_info(KINDS[tag]).fields:
        (required if info.required else optional)[info.name] = _of(info)
    return st.fixed_dictionaries(required, optional=optional)


OBJECTS = st.sampled_from(sorted(KINDS)).flatmap(_objects)


FORMS = {"native": Native, "cloudevents": CloudEvents}
FAST = {name: form() for name, form in FORMS.items()}


def read(data: bytes, form: str = "native") -> Read:
    return FAST[form].read(Frame(data=data, received_at=AT), None)


@pytest.fixture(scope="module")
def plainly():
    """Reads a blob the way it is read where nothing is compiled."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scanner, "compiled", None)
        plain = {name: form() for name, form in FORMS.items()}
    return lambda data, form="native": plain[form].read(Frame(data=data, received_at=AT), None)


def told(read: Read) -> tuple:
    parts = [
        (
            list(part.events),
            part.source,
            part.received_at,
            part.indexes or [*range(len(part.events))],
        )
        for part in read.parts
        if len(part.events)
    ]
    return parts, read.refused, read.unknown


def wrapped(fact: dict, time: str = "2026-11-22T17:53:20.25Z", **more: object) -> dict:
    """A flat fact as a CloudEvent."""
    kind = KINDS.get(fact["type"], Comment)
    own = {info.name for info in own_fields(kind)}
    envelope = {
        "specversion": "1.0",
        "type": wire_type(kind),
        "source": "/douyin/a",
        "subject": f"{fact['room']}/{fact['session']}" if fact.get("session") else fact["room"],
        "id": fact.get("id", "i"),
        "time": time,
        "data": {name: value for name, value in fact.items() if name in own | {"more", "note"}},
    }
    return envelope | more


@settings(max_examples=150, deadline=None)
@given(objects=st.lists(OBJECTS, min_size=1, max_size=8), dice=st.randoms())
def test_a_blob_holds_the_same_facts_and_columns_scanned_or_decoded(objects, dice):
    for each in objects:  # fields come in any order
        entries = list(each.items())
        dice.shuffle(entries)
        each.clear()
        each.update(entries)
    lines = [msgspec.json.encode(each) for each in objects]
    expected = [EVENT.decode(line) for line in lines]
    row_of = {event.room: number for number, event in enumerate(expected)}
    plain = gather(expected, row_of, AT)
    scan = scanner.native(EVENT.decode)

    for data in (
        b"[" + b" , ".join(lines) + b"]\n",
        b"\n".join(lines),
        b"\n".join(lines) + b"\n\n",
    ):
        scanned = scan(data + b" " * scanner.SMALL)
        if scanned is None:  # an escape in a name, or a name that it does not look into
            assert any(b"\\" in line for line in lines)
            continue
        assert expected == scanned
        fast = gather(scanned, row_of, AT)
        assert [kind for kind, _ in plain.kinds] == [kind for kind, _ in fast.kinds]
        for (_, one), (_, other) in zip(plain.kinds, fast.kinds, strict=True):
            assert other.events == one.events
            for name in ("block", "at", "flags"):
                np.testing.assert_equal(getattr(other, name), getattr(one, name))
        np.testing.assert_equal(fast.keys, plain.keys)


ENVELOPES = {
    "time": st.sampled_from(
        ["2026-11-22T17:53:20Z", "2024-02-29T00:00:00.000001Z", "2026-11-22t17:53:20z",
         "2023-02-29T00:00:00Z", "2026-11-22T17:53:20.123456789Z", "2026-11-22T17:53:20+08:00",
         "2098-12-31T23:59:59.9Z"]
    ),
    "source": st.sampled_from(["/douyin/a", "/kuaishou", "x", "源"]),
    "timeorigin": st.sampled_from(["platform", "recovered", "received", "guessed"]),
    "recordedtime": st.sampled_from([None, "2026-11-22T17:53:21Z"]),
    "subject": st.sampled_from(["r", "r/s", "r/", "/s", "房间/一", "r" * 256 + "/s", "a/b/c"]),
    "datacontenttype": st.just("application/json"),
    "specversion": st.sampled_from(["1.0", "0.3"]),
}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    objects=st.lists(
        st.tuples(OBJECTS, st.fixed_dictionaries({}, optional=ENVELOPES)), min_size=1, max_size=4
    ),
    alike=st.booleans(),
)
def test_envelopes_say_the_same_scanned_or_decoded(plainly, objects, alike):
    if alike:
        objects = [(fact, objects[0][1]) for fact, _ in objects]
    lines = [msgspec.json.encode(wrapped(fact, **more)) for fact, more in objects]
    for data in (b"[" + b",".join(lines) + b"]", b"\n".join(lines)):
        for padded in (data, data + b" " * scanner.SMALL):
            expected = told(plainly(padded, "cloudevents"))
            assert expected == told(read(padded, "cloudevents")), padded


def test_columns_of_envelopes_are_those_of_their_facts():
    facts = [
        wrapped({"type": "comment", "room": "r", "user": "u", "text": "好", "session": "s"}),
        wrapped({"type": "order_paid", "room": "t", "order": "o", "sku": "s", "amount_minor": 5}),
        wrapped({"type": "like", "room": "r"}, timeorigin="received"),
        wrapped({"type": "segment", "room": "r", "segment": "hook"}),
    ]
    del facts[2]["data"]
    blob = msgspec.json.encode(facts) + b" " * scanner.SMALL
    scanned = read(blob, "cloudevents").parts[0].events
    row_of = {"r": 4, "t": 5}
    fast, plain = gather(scanned, row_of, AT), gather(list(scanned), row_of, AT)

    assert isinstance(scanned, Scanned)
    for (_, one), (_, other) in zip(plain.kinds, fast.kinds, strict=True):
        np.testing.assert_equal(other.block, one.block)
        np.testing.assert_equal(other.flags, one.flags)
        np.testing.assert_equal(other.at, one.at)


def test_what_is_plain_is_scanned_and_all_kinds_that_count_are_columns():
    """No Struct is made of them: `make` is not asked."""
    objects = [
        {"type": "comment", "room": "r", "id": "1", "at": AT, "user": "u", "text": "多少钱\n"},
        {"type": "like", "room": "r", "at": AT, "value": 3, "user": "u"},
        {"type": "gift", "room": "r", "at": AT, "user": "u", "gift": "rose", "amount_minor": 10},
        {"type": "viewers", "room": "r", "at": AT, "online": 10, "total": None},
        {"type": "product_clicked", "room": "s", "at": AT, "sku": "s1"},
        {
            "type": "order_paid",
            "room": "s",
            "at": AT,
            "order": "o1",
            "sku": "s1",
            "currency": "USD",
        },
        {"type": "enter", "room": "s", "at": AT, "via": "feed"},
    ]

    def make(item: bytes) -> Event:
        raise AssertionError(item)

    scanned = scanner.native(make)(msgspec.json.encode(objects))

    assert isinstance(scanned, Scanned)
    gathered = gather(scanned, {"r": 0, "s": 1}, AT)
    assert {KINDS[each["type"]] for each in objects} == {kind for kind, _ in gathered.kinds}
    assert [0, 0, 0, 0, 1, 1, 1] == gathered.row.tolist()
    assert 17 == sum(any(fields) for fields in FIELDS.values())


BROKEN = [
    b'{"type":"comment","room":"r","at":1795370000,"user":"u","text":"\xff"}',
    b'{"type":"comment","room":"r","at":1795370000,"user":"u","text":"\xed\xa0\x80"}',
    b'{"type":"comment","room":"r","at":1795370000,"user":"u","text":"\\ud800"}',
    b'{"type":"comment","room":"r","at":1795370000,"user":"u","text":"\\x"}',
    b'{"type":"comment","room":"r","at":1795370000,"user":"u","text":"a\tb"}',
    b'{"type":"comment","room":"r","at":01795370000,"user":"u","text":"a"}',
    b'{"type":"comment","room":"r","at":1795370000.,"user":"u","text":"a"}',
    b'{"type":"comment","room":"r","at":-1,"user":"u","text":"a"}',
    b'{"type":"comment","room":"","at":1795370000,"user":"u","text":"a"}',
    b'{"type":"comment","room":"' + b"r" * 257 + b'","at":1795370000,"user":"u","text":"a"}',
    b'{"type":"comment","room":"r","at":1795370000,"user":null,"text":"a"}',
    b'{"type":"comment","room":"r","room":"s","at":1795370000,"user":"u","text":"a"}',
    b'{"type":"like","room":"r","at":1795370000,"value":1000000001}',
    b'{"type":"like","room":"r","at":1795370000,"value":1.5}',
    b'{"type":"like","room":"r","at":1795370000,"value":"1"}',
    b'{"type":"like","room":"r","at":1795370000,"kind":"sum"}',
    b'{"type":"like","room":"r","at":1795370000,"capped":1}',
    b'{"type":"like","room":"r"}',
    b'{"type":"like","room":"r","at":1795370000,}',
    b'{"type":"like" "room":"r","at":1795370000}',
    b'{"type":"stock","room":"r","at":1795370000,"sku":"s"}',
    b'{"type":"order_paid","room":"r","at":1795370000,"sku":"s","order":"o","currency":"CN"}',
    b'{"type":"none","room":"r","at":1795370000}',
    b'{"room":"r","at":1795370000}',
    b'{"type":"like","room":"r","at":1795370000}}',
    b'{"type":"like","room":"r","at":1795370000',
    b'{"type":"like","room":"r","at":1795370000,"x":nul}',
    b'{"type":"like","room":"r","at":1795370000,"value":1e1}',
    b'{"type":"like","room":"r","at":1795370000,"value":123456789012345678901234567890}',
    b"{}",
    b"[]",
    b"",
    b" ",
    b"[[]]",
    b'"{"',
    b"\xef\xbb\xbf{}",
]
GOOD = b'{"type":"like","room":"r","at":1795370000,"id":"1"}'


@pytest.mark.parametrize("item", BROKEN)
@pytest.mark.parametrize("shape", [b"%s", b"[%s]", b"[%s,%s]", b"%s\n%s", b"[%s,%s", b"%s %s"])
def test_what_is_wrong_is_told_in_the_same_words(item, shape, plainly):
    data = (
        shape.replace(b"%s", GOOD, 1).replace(b"%s", item)
        if shape.count(b"%s") > 1
        else shape % item
    )
    for padded in (data, data + b" " * scanner.SMALL):
        try:
            expected = told(plainly(padded))
        except FrameError as error:  # it can not be read as a whole
            with pytest.raises(FrameError, match="^" + error.reason):
                read(padded)
            continue
        assert expected == told(read(padded))


@pytest.mark.parametrize("form", FORMS)
def test_bytes_changed_at_random_are_read_the_same_scanned_or_not(form, plainly):
    """10,000 blobs, each with a few bytes put in, taken out or changed."""
    dice = random.Random(20_261_126)
    plain = [
        msgspec.json.encode(each if form == "native" else wrapped(each))
        for each in (
            {"type": "comment", "room": "房间", "id": "74", "at": AT + 0.25, "user": "u81",
             "text": "几号链接 🎁", "is_host": False, "fan_level": 3, "session": None},
            {"type": "gift", "room": "r", "at": AT, "user": "u", "gift": "g", "value": 12,
             "kind": "total", "virtual": True, "combo": "c", "capped": True},
            {"type": "viewers", "room": "r", "at": 1_795_370_000, "online": 0, "total": 10**9},
            {"type": "order_created", "room": "r", "at": AT, "order": "o\\n", "sku": "s",
             "id": "x", "quantity": 2, "amount_minor": 10**15, "at_from": "received", "shop": "店"},
            {"type": "stock", "room": "r", "at": AT, "sku": "s", "value": -3, "kind": "delta"},
        )
    ]  # fmt: skip
    bits = (b'"', b"\\", b"{", b"}", b",", b":", b"[", b"]", b"\n", b"\xe5", b"\x80", b"0", b"-",
            b"e", b".", b"u0041", b"null", b"true", b'"room":', b" ", b"\x00", b"\x1f",
            b"9" * 18)  # fmt: skip
    scanned = 0
    for _ in range(10_000):
        items = [dice.choice(plain) for _ in range(dice.randrange(1, 4))]
        data = bytearray(
            b"[" + b",".join(items) + b"]" if dice.random() < 0.5 else b"\n".join(items)
        )
        for _ in range(dice.randrange(0, 3)):
            place = dice.randrange(len(data))
            data[place : place + dice.randrange(0, 3)] = dice.choice(bits)
        blob = bytes(data) + (b" " * scanner.SMALL if dice.random() < 0.5 else b"")
        try:
            expected = told(plainly(blob, form))
        except FrameError:
            with pytest.raises(FrameError):
                read(blob, form)
            continue
        found = read(blob, form)
        scanned += any(isinstance(part.events, Scanned) for part in found.parts)
        assert expected == told(found), blob

    assert scanned > 2_000
