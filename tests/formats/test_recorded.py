"""Recordings of our own give back what was taken."""

from __future__ import annotations

from monitor.events import Comment, Like
from monitor.formats.decoder import Decoder
from monitor.formats.recorded import line_of
from monitor.frames import Batch, Frame

AT = 1_795_370_000.0


def test_what_is_written_is_read_again():
    """
    Each batch with its source, its time and who was only heard from.
    """
    batches = [
        Batch(
            source="tools",
            events=[
                Comment(room="a", at=AT, user="u", text="几号"),
                Like(room="a", at=AT, value=2),
            ],
            received_at=AT + 3,
        ),
        Batch(source="broker", events=[], received_at=AT + 4, heard=("a",)),
    ]
    data = b"".join(map(line_of, batches))

    decoder = Decoder(source="replay", format="recorded")

    assert batches == decoder.receive([Frame(data=data, received_at=0.0)], 0.0)
    assert not decoder.rejected


def test_a_line_without_its_time_is_no_recording():
    """
    Nobody could tell when to play it.
    """
    decoder = Decoder(source="replay", format="recorded")

    assert [] == decoder.receive([Frame(data=b'{"events":[]}', received_at=AT)], AT)
    assert {"missing field": 1} == decoder.rejected
