"""
The machine that drives formats: batches, reports, rooms and counters.
"""

import json

import pytest

from monitor.errors import FrameError
from monitor.events import Like, Mark
from monitor.formats.decoder import FORMATS, MOST_SAMPLES, TOGETHER_S, Decoder, Report
from monitor.formats.format import Part, Read
from monitor.frames import Batch, Frame

NOW = 1_795_370_000.0


def like(room: str = "a", **changed: object) -> dict[str, object]:
    return {"type": "like", "room": room, "at": NOW} | changed


def frame(*facts: object, at: float = NOW) -> Frame:
    return Frame(data=json.dumps(facts, ensure_ascii=False).encode(), received_at=at)


def rooms(batches: list[Batch]) -> list[list[str]]:
    return [[event.room for event in batch.events] for batch in batches]


def test_frames_received_together_are_one_batch() -> None:
    """
    received at   0.00  0.03 │ 0.20 │ 0.10 (a clock that went back starts anew)
    """
    decoder = Decoder(source="s", format="native")
    times = [0.0, 0.03, 0.2, 0.1]
    assert 0.03 < TOGETHER_S < 0.1

    batches = decoder.receive([frame(like(str(t)), at=NOW + t) for t in times], NOW)

    assert [["0.0", "0.03"], ["0.2"], ["0.1"]] == rooms(batches)
    assert [NOW, NOW + 0.2, NOW + 0.1] == [batch.received_at for batch in batches]
    assert {"s"} == {batch.source for batch in batches}


def test_each_frame_has_a_report() -> None:
    """
    What was accepted, and what not with its index and reason; of the last call only.
    """
    decoder = Decoder(source="s", format="native", rooms=frozenset("ab"))
    decoder.receive([frame(like("a"))], NOW)

    decoder.receive([frame(like("a"), like("z"), {"type": "?"}, like("b")), frame()], NOW)

    assert [
        Report(accepted=2, rejected=[(2, "unknown type"), (1, "room not allowed")]),
        Report(accepted=0, rejected=[]),
    ] == decoder.reports


def test_a_room_that_was_good_once_is_not_good_for_another_source() -> None:
    """
    What a token may speak for is asked of each decoder, also after many good frames.
    """
    bound = Decoder(source="s", format="native", rooms=frozenset({"a"}))
    free = Decoder(source="t", format="native")
    for decoder in (bound, free):
        decoder.receive([frame(like("a"))] * 3, NOW)

    assert [["a"]] == rooms(bound.receive([frame(like("a"), like("b"))], NOW))
    assert [["a", "b"]] == rooms(free.receive([frame(like("a"), like("b"))], NOW))


@pytest.mark.parametrize(
    "room", ["a\nb", "a\u200bb", "\u202eabc", " a", "a ", "\u2028", "\ufeffa", "\x7f", "   "]
)
def test_a_room_name_that_plays_tricks_is_refused(room: str) -> None:
    """
    Control, zero-width, bidi and line-breaking characters, and space at the ends.
    """
    decoder = Decoder(source="s", format="native")

    assert [] == decoder.receive([frame(like(room))], NOW)
    assert {"room name": 1} == decoder.rejected


@pytest.mark.parametrize("room", ["dy-8801", "抖音 小店 1号", "tb:live/42", "ร้านค้า", "🎁"])
def test_a_room_may_have_any_name_that_can_be_read(room: str) -> None:
    """
    In any script.
    """
    decoder = Decoder(source="s", format="native")

    assert [[room]] == rooms(decoder.receive([frame(like(room))], NOW))


def test_a_room_may_be_heard_from_without_a_fact() -> None:
    """
    Proof that the feed is alive; each room once, and only rooms that are allowed.
    """
    decoder = Decoder(source="s", format="bilibili", rooms=frozenset({"1", "2"}))
    heard = [
        {"cmd": "NOTICE_MSG", "room": room, "recv": NOW, "data": None} for room in (1, 2, 1, 3)
    ]

    (batch,) = decoder.receive([frame(*heard)], NOW)

    assert ("1", "2") == batch.heard
    assert [] == batch.events


def test_a_sample_is_kept_for_each_reason_until_it_is_taken() -> None:
    """
    The first of each reason, a bounded number; the caller clears them when it has logged.
    """
    decoder = Decoder(source="s", format="native")
    decoder.receive([Frame(data=data, received_at=NOW) for data in (b"{", b"[", b"1")], NOW)

    assert [("truncated", "{"), ("bare number", "1")] == decoder.samples

    decoder.samples.clear()
    decoder.receive([Frame(data=b"{x", received_at=NOW), Frame(data=b"{", received_at=NOW)], NOW)

    assert ["bad JSON", "truncated"] == [reason for reason, _ in decoder.samples]
    assert MOST_SAMPLES >= len(decoder.samples)


def test_it_is_a_machine_that_only_frames_matter_to() -> None:
    """
    Nothing follows from time alone.
    """
    decoder = Decoder(source="s", format="native")

    assert [] == decoder.tick(NOW)
    assert decoder.next_tick() is None


def test_the_same_frames_give_the_same_batches() -> None:
    """
    In one call or one by one.
    """
    frames = [frame(like("a", value=number), at=NOW + number) for number in range(5)]
    together = Decoder(source="s", format="native").receive(frames, NOW)
    decoder = Decoder(source="s", format="native")
    apart = [batch for one in frames for batch in decoder.receive([one], NOW)]

    assert together == apart


class Broken:
    """A format with a slip in it."""

    def read(self, frame: Frame, room: str | None) -> Read:
        if frame.data == b"refuse":
            raise FrameError("bad day", "detail")
        if frame.data == b"slip":
            raise KeyError("oh")
        return Read(parts=[Part(events=[Mark(room=room or "?", at=NOW, text="t", by="b")])])


def test_a_slip_in_a_format_is_counted_and_the_feed_goes_on() -> None:
    """
    One frame is lost, not the source.
    """
    decoder = Decoder(source="s", format=Broken(), room="mine")
    frames = [Frame(data=data, received_at=NOW) for data in (b"slip", b"refuse", b"fine")]

    batches = decoder.receive(frames, NOW)

    assert [["mine"]] == rooms(batches)
    assert {"fault in the format": 1, "bad day": 1} == decoder.rejected


def test_formats_are_found_by_name() -> None:
    """
    The names people write in config, each with a constructor of its own state.
    """
    assert {"native", "cloudevents", "events", "bilibili", "barragegrab", "oba", "recorded"} == set(
        FORMATS
    )
    assert FORMATS["bilibili"]() is not FORMATS["bilibili"]()


def test_events_are_the_very_structs_of_the_core() -> None:
    """
    Typed, not dicts.
    """
    (batch,) = Decoder(source="s", format="native").receive([frame(like("a", value=4))], NOW)

    assert [Like(room="a", at=NOW, value=4)] == batch.events


def test_a_room_that_is_not_allowed_is_refused_each_time():
    """And one that is all right, if it was looked at before or not."""
    decoder = Decoder(source="s", format="native", rooms=frozenset({"a", "b"}))

    def taken(rooms: str) -> str:
        facts = [{"type": "like", "room": room, "at": 1_795_370_000} for room in rooms]
        frame = Frame(data=json.dumps(facts).encode(), received_at=0.0)
        batches = decoder.receive([frame], 0.0)
        return "".join(event.room for batch in batches for event in batch.events)

    for _ in range(3):
        assert ["ab", "ba", "", "bb"] == [taken(rooms) for rooms in ("ab", "bca", "c", "bb")]
