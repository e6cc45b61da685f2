"""
Why something can not be read is one of a fixed set of phrases.

The list of hostile inputs is in test_hostile.py; here is what is left of them.
"""

from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.events import Event
from monitor.formats.reasons import MISTAKES, SNIPPET, snippet, why, why_not_at, why_too_large

DECODER = msgspec.json.Decoder(Event)


def reason(data: bytes) -> str:
    with pytest.raises(MISTAKES) as caught:
        DECODER.decode(data)
    return why(caught.value, data)


@pytest.mark.parametrize(
    ("phrase", "data"),
    [
        ("bad JSON", b"{'type':1}"),
        ("bad JSON", b'{"type":"like",}'),
        ("bad JSON", b"nonsense"),
        ("not an object", b'"text"'),
        ("not an object", b"[]"),
        ("wrong type", b'{"type":3}'),
        ("wrong type", b'{"type":"like","room":null,"at":1795370000}'),
        ("wrong type", b'{"type":"mark","room":"r","at":1795370000,"text":"t","by":{}}'),
        ("unknown value", b'{"type":"segment","room":"r","at":1795370000,"segment":"nap"}'),
        ("empty name", b'{"type":"like","room":"","at":1795370000}'),
        ("name too long", b'{"type":"pin","room":"r","at":1795370000,"sku":"%s"}' % (b"s" * 300)),
        ("room too long", b'{"type":"pin","room":"%s","at":1795370000,"sku":"s"}' % (b"s" * 300)),
        ("number out of range", b'{"type":"like","room":"r","at":1795370000,"value":-1}'),
        (
            "number out of range",
            b'{"type":"segment","room":"r","at":1795370000,"segment":"hook","confidence":2}',
        ),
        ("bool where a number belongs", b'{"type":"like","room":"r","at":true}'),
    ],
)
def test_a_mistake_has_a_phrase(phrase: str, data: bytes) -> None:
    """
    Whatever msgspec says about it in its own words.
    """
    assert phrase == reason(data)


def test_a_word_of_msgspec_that_we_do_not_know_is_still_counted() -> None:
    """
    A later version may say something else.
    """

    class Short(msgspec.Struct):
        items: Annotated[list[int], msgspec.Meta(max_length=1)]

    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(b'{"items":[1,2]}', type=Short)

    assert "name too long" == why(caught.value, b'{"items":[1,2]}')
    assert "wrong type" == why(msgspec.ValidationError("something new"), b"{}")
    assert "bad JSON" == why(msgspec.DecodeError("something new"), b"{}")


@pytest.mark.parametrize(
    ("phrase", "at"),
    [
        ("time too long ago", 0.0),
        ("time too long ago", -1.0),
        ("time in milliseconds", 1_795_370_000_000.0),
        ("time too far ahead", 5e9),
        ("time too far ahead", 1_795_370_000_000_000.0),
    ],
)
def test_a_time_that_can_not_be_says_why(phrase: str, at: float) -> None:
    """
    Milliseconds are so common a mistake that they have a phrase of their own.
    """
    assert phrase == why_not_at(at)


@given(st.binary(max_size=9_000))
def test_a_look_at_something_too_large_always_ends_in_a_phrase(data: bytes) -> None:
    """
    Whatever it is.
    """
    assert why_too_large(data) in {
        "too large", "too many keys", "too many nulls", "nested too deep", "integer too long",
        "id too long", "text too long", "room too long", "name too long",
    }  # fmt: skip


@given(st.binary(max_size=600))
def test_a_snippet_is_short_and_printable(data: bytes) -> None:
    """
    Whatever the bytes.
    """
    assert snippet(data).isprintable()
    assert SNIPPET >= len(snippet(data))
