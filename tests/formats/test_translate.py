"""
What formats that translate a platform's own messages share.
"""

import pytest

from monitor.errors import FrameError
from monitor.events import Comment, Fact, Like
from monitor.formats.format import Read
from monitor.formats.translate import Message, happened, recovered, translate
from monitor.frames import Frame

NOW = 1_795_370_000.0


def read(data: bytes, *messages: Message) -> Read:
    given = iter(messages)
    return translate(Frame(data=data, received_at=NOW), lambda item: next(given))


def likes(number: int) -> list[Fact]:
    return [Like(room="r", at=NOW, value=number)]


def test_messages_received_at_one_time_are_one_part() -> None:
    """
    recv  5 5 │ 6 │ none; facts keep the index of their message, silence is heard.
    """
    found = read(
        b"1\n2\n3\n4",
        Message("r", likes(1) * 2, received_at=5.0),
        Message("q", [], received_at=5.0),
        Message("r", likes(3), received_at=6.0),
        Message("r", likes(4)),
    )

    assert [
        (5.0, [1, 1], [0, 0], ["q"]),
        (6.0, [3], [2], []),
        (None, [4], [3], []),
    ] == [
        (part.received_at, [event.value for event in part.events], part.indexes, part.heard)  # type: ignore[union-attr]
        for part in found.parts
    ]


def test_a_fact_out_of_bounds_does_not_leave() -> None:
    """
    Refused for the same reason as on the wire.
    """
    too_long = Comment(room="r", at=NOW, user="u", text="x" * 5_000)
    found = read(
        b"1\n2\n3", Message("r", likes(-1)), Message("r", [too_long]), Message("r", likes(1))
    )

    assert [(0, "number out of range"), (1, "text too long")] == [
        (refused.index, refused.reason) for refused in found.refused
    ]
    assert [likes(1)] == [part.events for part in found.parts]


def test_unknown_types_are_told_and_heard() -> None:
    """
    The feed is alive even if we do not understand it.
    """
    found = read(b"1", Message("r", unknown="hologram"))

    assert ["hologram"] == found.unknown
    assert ["r"] == found.parts[0].heard


def test_a_frame_that_does_not_fall_into_messages_is_refused() -> None:
    """
    As the contract says: by FrameError.
    """
    with pytest.raises(FrameError):
        read(b"[1,")


def test_a_platform_time_is_taken_if_it_can_be() -> None:
    """
    Otherwise the receipt is when it happened, and says so.
    """
    assert (NOW - 5, "platform") == happened(NOW - 5, NOW)
    assert [(NOW, "received")] * 4 == [
        happened(seconds, NOW) for seconds in (None, 0.0, NOW * 1000, float("nan"))
    ]


@pytest.mark.parametrize(
    ("origin", "off"),
    [
        ("recovered", 0),
        ("recovered", -3_600),
        ("recovered", 60),
        ("received", -3_601),
        ("received", 61),
    ],
)
def test_a_snowflake_is_believed_close_to_its_receipt(origin: str, off: int) -> None:
    """
    -1 h ... +60 s: a streak of gifts repeats its first id, and some ids are no snowflakes.
    """
    at, at_from = recovered((int(NOW) + off) << 32 | 12_345, NOW)

    assert origin == at_from
    assert NOW + (off if origin == "recovered" else 0) == at


def test_where_nobody_knows_the_receipt_the_id_is_all_there_is() -> None:
    """
    A recording without receive times: snowflakes of any day, but not what is none.
    """
    assert (NOW, "recovered") == recovered(int(NOW) << 32, 0.0)
    assert (0.0, "received") == recovered(12_345, 0.0)
