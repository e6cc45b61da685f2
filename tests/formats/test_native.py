"""
The flat native form is read straight into the Structs it is named after.
"""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.events import KINDS, Comment, Fact, OrderPaid
from monitor.formats.native import Native, type_of
from monitor.formats.schema import native_example
from monitor.formats.wire import SMALL
from monitor.frames import Frame

NOW = 1_795_370_000.0


def read(data: bytes) -> list[Fact]:
    (part,) = Native().read(Frame(data=data, received_at=NOW), None).parts
    return list(part.events)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_fact_can_be_sent(kind: type[Fact]) -> None:
    """
    Each with its required fields, and again as we would write it ourselves.
    """
    (event,) = read(msgspec.json.encode(native_example(kind)))

    assert kind is type(event)
    assert [event] == read(msgspec.json.encode(event))


@given(st.lists(st.text(max_size=30), min_size=1, max_size=60))
def test_a_batch_says_what_its_facts_say(texts: list[str]) -> None:
    """
    Array and lines, short enough to be looked at for duplicate keys and longer.
    """
    facts = [Comment(room="r", at=NOW, user="u", text=text) for text in texts]

    assert facts == read(msgspec.json.encode(facts))
    assert facts == read(b"\n".join(map(msgspec.json.encode, facts)))


def test_text_that_looks_like_keys_is_text() -> None:
    """
    The look for duplicate keys is not misled by what viewers write.
    """
    fact = Comment(room="r", at=NOW, user="u", text='"room":"x","room":"y" ,"id" : {"at":1,"at":1}')

    assert [fact] == read(msgspec.json.encode(fact))


def test_one_bad_fact_in_a_thousand_costs_itself() -> None:
    """
    The frame is too long to be looked at for duplicate keys; its items are not.
    """
    order = OrderPaid(room="r", at=NOW, order="o", sku="s")
    items = [msgspec.json.encode(order)] * 600
    items[17] = items[17].replace(b'"quantity":1', b'"quantity":"1"')
    items[400] = items[400][:-1] + b',"sku":"t"}'
    data = b"[" + b",".join(items) + b"]"
    assert len(data) > SMALL

    found = Native().read(Frame(data=data, received_at=NOW), None)

    assert [order] * 598 == found.parts[0].events
    assert [(17, "text where a number belongs"), (400, "duplicate key")] == [
        (refused.index, refused.reason) for refused in found.refused
    ]


@pytest.mark.parametrize(
    ("name", "item"),
    [("like", b'{"type":"like"}'), ("?", b"{}"), ("?", b'{"type":3}'), ("?", b"[")],
)
def test_the_type_of_an_item_is_what_it_says(name: str, item: bytes) -> None:
    """
    Even if nothing else of it can be read.
    """
    assert name == type_of(item)
