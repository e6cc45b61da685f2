"""
CloudEvents mean the same facts as the flat form.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.events import KINDS, Comment, Enter, Fact
from monitor.formats.cloudevents import ENVELOPES, CloudEvents, own_fields, wire_type
from monitor.formats.decoder import Decoder
from monitor.formats.format import Read
from monitor.formats.native import Native
from monitor.formats.schema import cloudevent_example, native_example
from monitor.frames import Frame

NOW = 1_795_370_000.0


def envelope(**changed: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "type": "live.comment.v1",
        "source": "/douyin/anchor-1",
        "subject": "r",
        "id": "1",
        "time": "2026-11-22T17:53:20Z",
        "data": {"user": "u", "text": "t"},
    } | changed


def read(*envelopes: dict[str, Any], room: str | None = None) -> Read:
    frame = Frame(data=msgspec.json.encode(envelopes), received_at=NOW + 3)
    return CloudEvents().read(frame, room)


def reasons(found: Read) -> list[tuple[int | None, str]]:
    return [(refused.index, refused.reason) for refused in found.refused]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_fact_has_an_envelope_that_means_the_same(kind: type[Fact]) -> None:
    """
    The examples of both wire forms are the same fact.
    """
    flat = Native().read(
        Frame(data=msgspec.json.encode(native_example(kind)), received_at=NOW), None
    )
    (event,) = read(cloudevent_example(kind)).parts[0].events

    assert flat.parts[0].events == [msgspec.structs.replace(event, platform=None)]
    assert f"{kind.family}.{kind.__struct_config__.tag}.v1" == wire_type(kind)
    assert ENVELOPES[kind].__struct_config__.tag == wire_type(kind)


def other_than_default(info: msgspec.structs.FieldInfo) -> Any:
    for candidate in ("x1", "EUR", 7, 0.5, True, False, "delta", "total", "black", "silent"):
        try:
            msgspec.convert(candidate, info.type)
        except msgspec.ValidationError:
            continue
        if candidate != info.default:
            return candidate
    raise AssertionError(f"nothing fits {info.name}")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_of_a_fact_travels_in_data(kind: type[Fact]) -> None:
    """
    None is forgotten by the generated method: each is set to something that is not its default.
    """
    given_data: dict[str, Any] = cloudevent_example(kind)["data"]
    for info in own_fields(kind):
        if info.name not in given_data:
            given_data[info.name] = other_than_default(info)

    (event,) = read(envelope(type=wire_type(kind), data=given_data)).parts[0].events

    assert given_data == {info.name: getattr(event, info.name) for info in own_fields(kind)}


def test_the_envelope_says_where_when_and_who() -> None:
    """
    room/session, the time and how it is known, the platform.
    """
    (part,) = read(
        envelope(subject="r/s-1", timeorigin="recovered", recordedtime="2026-11-22T17:53:22.5Z")
    ).parts

    assert [
        Comment(
            room="r", session="s-1", at=NOW, at_from="recovered", id="1",
            platform="douyin", user="u", text="t",
        )
    ] == part.events  # fmt: skip
    assert "/douyin/anchor-1" == part.source
    assert NOW + 2.5 == part.received_at


def test_a_source_of_no_known_platform_names_none() -> None:
    """
    Only the first word of a path is looked at, and only known ones are taken.
    """
    for source in ("/acme/x", "douyin/x", "urn:douyin", "/"):
        (part,) = read(envelope(source=source)).parts
        assert part.events[0].platform is None


def test_no_time_is_the_receipt_and_no_subject_the_configured_room() -> None:
    """
    The receipt is that of the recording where it kept one.
    """
    bare = envelope(time=None, subject=None)
    (part,) = read(bare, room="mine").parts
    (recorded,) = read({**bare, "recordedtime": "2026-11-22T17:53:22Z"}, room="mine").parts

    assert ("mine", NOW + 3, "received") == (
        part.events[0].room, part.events[0].at, part.events[0].at_from,
    )  # fmt: skip
    assert NOW + 2 == recorded.events[0].at


def test_without_time_or_receipt_it_is_refused() -> None:
    """
    A recording that kept neither: nothing may happen in 1970.
    """
    frame = Frame(data=msgspec.json.encode(envelope(time=None)), received_at=0.0)

    assert [(0, "no time")] == reasons(CloudEvents().read(frame, None))


def test_a_configured_room_is_not_remembered_for_the_next() -> None:
    """
    One machine may be asked with another room the next time.
    """
    machine = CloudEvents()
    data = msgspec.json.encode([envelope(subject=None)] * 2)

    for room in ("a", "b"):
        (part,) = machine.read(Frame(data=data, received_at=NOW), room).parts
        assert [room, room] == [event.room for event in part.events]


def test_facts_of_different_sources_leave_apart() -> None:
    """
    Equal ids of different sources are different facts; indexes still count in the frame.
    """
    found = read(*(envelope(source=f"/kuaishou/{n % 2}", id=str(n)) for n in range(5)))

    assert [("/kuaishou/0", [0, 2, 4]), ("/kuaishou/1", [1, 3])] == [
        (part.source, part.indexes) for part in found.parts
    ]
    assert [["0", "2", "4"], ["1", "3"]] == [[e.id for e in part.events] for part in found.parts]


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("bad time", {"time": "soon"}),
        ("time too long ago", {"time": "1970-01-01T00:00:00Z"}),
        ("bad time", {"recordedtime": "soon"}),
        ("empty name", {"subject": "/s"}),
        ("empty name", {"id": ""}),
        ("name too long", {"subject": "r" * 300}),
        ("missing field", {"subject": None}),
        ("missing field", {"data": {"user": "u"}}),
        ("unknown value", {"specversion": "0.3"}),
        ("unknown type", {"type": "live.comment.v2"}),
        ("text too long", {"data": {"user": "u", "text": "x" * 5_000}}),
    ],
)
def test_a_bad_event_is_refused_alone(reason: str, changed: dict[str, Any]) -> None:
    """
    Before and after it the others get through, in a small batch and in a large one.
    """
    for around in (1, 40):
        good = [envelope(id=str(number)) for number in range(around)]
        found = read(*good, envelope(**changed), *good)

        assert [(around, reason)] == reasons(found)
        assert 2 * around == sum(len(part.events) for part in found.parts)


def test_unknown_attributes_and_types_are_ignored_and_counted() -> None:
    """
    As the standard says; an unknown type is counted by its name.
    """
    decoder = Decoder(source="s", format="cloudevents")
    data = [envelope(traceparent="00-1", data={"user": "u", "text": "t", "x": 1})]
    frame = Frame(
        data=msgspec.json.encode([*data, envelope(type="live.hologram.v1")]), received_at=NOW
    )

    (batch,) = decoder.receive([frame], NOW)

    assert 1 == len(batch.events)
    assert {"live.hologram.v1": 1} == decoder.unknown


@given(
    st.lists(
        st.tuples(st.integers(0, 10**11), st.sampled_from(["a", "b/1", "c"]), st.booleans()),
        min_size=1,
        max_size=80,
    )
)
def test_a_batch_says_what_its_events_say_alone(events: list[tuple[int, str, bool]]) -> None:
    """
    The fast reading of a column of times and the careful one agree, whatever is mixed.
    """
    envelopes = []
    for number, (microseconds, subject, whole) in enumerate(events):
        moment = datetime.fromtimestamp(1_700_000_000 + microseconds / 1e3, UTC)
        text = moment.strftime("%Y-%m-%dT%H:%M:%SZ" if whole else "%Y-%m-%dT%H:%M:%S.%fZ")
        envelopes.append(
            envelope(
                type="live.enter.v1", id=str(number), subject=subject, time=text, data={"user": "u"}
            )
        )

    (part,) = read(*envelopes).parts

    assert [read(one).parts[0].events[0] for one in envelopes] == part.events
    assert all(isinstance(event, Enter) for event in part.events)
