"""
How the bytes of a frame fall into items.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FrameError
from monitor.events import Event, Unpin
from monitor.formats.wire import (
    MOST_REFUSED,
    SMALL,
    Typed,
    apart,
    is_array,
    is_lines,
    may_repeat_keys,
    repeats_keys,
    split,
)

UNPIN = b'{"type":"unpin","room":"r","at":1795370000,"sku":"s"}'
FACT = Unpin(room="r", at=1_795_370_000, sku="s")


@pytest.mark.parametrize(
    ("items", "data"),
    [
        (1, UNPIN),
        (1, b"\n " + UNPIN + b" \r\n\n"),
        (2, b"[" + UNPIN + b"," + UNPIN + b"]"),
        (2, b" " * 100 + b"[" + UNPIN + b",\n" + UNPIN + b"]\n"),
        (2, UNPIN + b"\n" + UNPIN),
        (3, UNPIN + b"\r\n\n" + UNPIN + b"\n" + UNPIN + b"\n\n"),
        (1, UNPIN.replace(b",", b",\n  ")),
        (0, b"[]"),
    ],
)
def test_one_array_and_lines_are_told_apart(items: int, data: bytes) -> None:
    """
    At once, and apart.
    """
    typed: Typed[Event] = Typed(Event)

    assert [FACT] * items == typed.every(data)
    assert items == len(list(split(data)))
    assert ([FACT] * items, list(range(items)), []) == apart(data, typed.one, print)


def test_the_first_thing_tells_an_array_and_a_second_line_tells_lines() -> None:
    """
    Space around either means nothing.
    """
    assert [True, True, False, False] == [is_array(d) for d in (b"[", b"\n [", b"{[", b"")]
    assert [True, False, False] == [is_lines(d) for d in (b"{}\n {}", b"{}\n \n", b"{}")]


@given(st.lists(st.sampled_from([UNPIN, b"{}", b"nonsense", b'{"a":1,"a":2}']), max_size=20))
def test_every_item_is_either_read_or_refused(items: list[bytes]) -> None:
    """
    As lines, whatever is between.
    """
    typed: Typed[Event] = Typed(Event)
    data = b"\n".join([UNPIN, *items, UNPIN])

    found, indexes, refused = apart(data, typed.one, print)

    assert [n for n, item in enumerate([UNPIN, *items, UNPIN]) if item == UNPIN] == indexes
    assert [FACT] * len(indexes) == found
    assert len(items) + 2 == len(indexes) + len(refused)


def test_after_too_many_mistakes_the_rest_is_not_read() -> None:
    """
    What was read before stands.
    """
    typed: Typed[Event] = Typed(Event)
    data = b"\n".join([UNPIN, *[b"{}"] * MOST_REFUSED, UNPIN])

    found, _, refused = apart(data, typed.one, print)

    assert [FACT] == found
    assert MOST_REFUSED + 1 == len(refused)
    assert (None, "too many mistakes in one frame") == (refused[-1].index, refused[-1].reason)


def test_items_of_an_unknown_type_are_told() -> None:
    """
    And refused like any other.
    """
    told: list[bytes] = []
    odd = UNPIN.replace(b"unpin", b"hologram")

    _, _, refused = apart(b"[" + odd + b"]", Typed[Event](Event).one, told.append)

    assert [odd] == told
    assert ["unknown type"] == [one.reason for one in refused]


def test_a_broken_array_is_refused_as_a_whole() -> None:
    """
    There is no telling where its items end.
    """
    with pytest.raises(FrameError, match="truncated"):
        apart(b"[" + UNPIN + b"," + UNPIN[:-3], Typed[Event](Event).one, print)


@pytest.mark.parametrize(
    ("repeats", "item"),
    [
        (True, b'{"a":1,"a":1}'),
        (True, b'{"a" : 1, "b":[{"c":1, "c" :2}]}'),
        (False, b'{"a":{"a":{"a":1}}}'),
        (False, b'{"a":"\\"a\\":1","b":"a"}'),
        (False, b'[{"a":1},{"a":1}]'),
        (False, b'{"a":1,"a":'),
        (False, b"[" * 3_000 + b'"a":"a":'),
    ],
)
def test_a_key_is_repeated_within_one_object_only(repeats: bool, item: bytes) -> None:
    """
    Nested objects may use the same names, and text may look like keys.
    """
    assert repeats is repeats_keys(item)


def test_repeated_keys_fail_the_fast_reading_of_small_frames_only() -> None:
    """
    In a large one the last wins, until something else is wrong with it.
    """
    twice = UNPIN[:-1] + b',"sku":"t"}'
    typed: Typed[Event] = Typed(Event)
    small, large = twice, b"[" + b",".join([twice] * 100) + b"]"
    assert len(small) <= SMALL < len(large)

    assert typed.every(small) is None
    assert may_repeat_keys(large, 100)
    assert 100 == len(typed.every(large) or ())
