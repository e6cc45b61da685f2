"""
Every format keeps the contract of monitor/formats/format.py, whatever its platform.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.events import Event
from monitor.formats.decoder import FORMATS, Decoder
from monitor.frames import Batch, Frame

GOLDEN = Path(__file__).parent.parent / "formats" / "golden"
NOW = 1_795_370_003.0


def messages(name: str) -> list[Any]:
    """Messages of a platform that come one a frame, out of its golden frames."""
    frames = [json.loads(file.read_text())["frame"] for file in sorted(GOLDEN.glob(f"{name}/*"))]
    return [frame for frame in frames if isinstance(frame, dict)]


def receive(name: str, *frames: bytes) -> tuple[Decoder, list[Batch]]:
    decoder = Decoder(source="s", format=name, room="r")
    return decoder, decoder.receive([Frame(data=data, received_at=NOW) for data in frames], NOW)


def events(batches: list[Batch]) -> list[tuple[str, Event]]:
    return [(batch.source, event) for batch in batches for event in batch.events]


def sorted_events(batches: list[Batch]) -> list[str]:
    return sorted(map(repr, events(batches)))


@pytest.fixture(params=sorted(FORMATS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_single_array_and_lines_say_the_same(name: str) -> None:
    """
    Three ways to put the same messages into frames; the events are the same.
    """
    said = [json.dumps(message, ensure_ascii=False).encode() for message in messages(name)]

    _, single = receive(name, *said)
    _, array = receive(name, b"[" + b",".join(said) + b"]")
    _, lines = receive(name, b"\n".join(said) + b"\n")

    assert events(single)
    assert sorted_events(single) == sorted_events(array) == sorted_events(lines)


def test_one_bad_item_is_refused_alone_with_its_index(name: str) -> None:
    """
    What stands before and after it gets through.
    """
    said = json.dumps(messages(name)[0], ensure_ascii=False).encode()
    for data in (
        b"[" + b",".join([said, b"{}", said]) + b"]",
        b"\n".join([said, b'{"broken"', said]),
    ):
        decoder, batches = receive(name, data)
        (report,) = decoder.reports

        assert [1] == [index for index, _ in report.rejected]
        assert 2 * len(events(receive(name, said)[1])) == len(events(batches))
        assert 1 == decoder.rejected.total()


def test_an_unreadable_frame_does_not_stop_the_next(name: str) -> None:
    """
    Each frame has a report of its own.
    """
    said = json.dumps(messages(name)[0], ensure_ascii=False).encode()

    decoder, batches = receive(name, b"\xff", b"[[[", said)

    assert [1, 1, 0] == [len(report.rejected) for report in decoder.reports]
    assert events(receive(name, said)[1]) == events(batches)


def test_a_message_printed_over_several_lines_is_one_message(name: str) -> None:
    """
    Somebody will paste a pretty-printed message into curl.
    """
    message = messages(name)[0]

    _, pretty = receive(name, json.dumps(message, ensure_ascii=False, indent=2).encode())
    _, plain = receive(name, json.dumps(message, ensure_ascii=False).encode())

    assert events(plain) == events(pretty)


def test_what_it_says_of_unknown_types_is_bounded(name: str) -> None:
    """
    A peer that invents types fills no memory; what it does not know is never fatal.
    """
    invented = {
        "native": '{"type":"t%d","room":"r","at":1795370000}',
        "events": '{"type":"t%d","room":"r","at":1795370000}',
        "cloudevents": '{"specversion":"1.0","type":"t%d","source":"s","id":"1","subject":"r"}',
        "bilibili": '{"cmd":"T%d","data":{}}',
        "barragegrab": '{"Type":1%d,"Data":"{\\"WebRoomId\\":\\"r\\"}"}',
        "oba": '{"msg_type":"t%d"}',
        "recorded": '{"received_at":1795370000,"events":'
        '[{"type":"t%d","room":"r","at":1795370000}]}',
    }[name]
    decoder, batches = receive(name, *((invented % number).encode() for number in range(200)))

    assert 200 == decoder.unknown.total()
    assert 65 >= len(decoder.unknown)
    assert 200 - 64 == decoder.unknown["other"]
    assert [] == events(batches)
