"""
Golden frames: a frame in the platform's real shape with values of our own, and what it means.

`frame` is JSON, or a string that is sent as it stands; `events` leave out fields at their default.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from monitor.events import Event
from monitor.formats.decoder import FORMATS, Decoder
from monitor.frames import Frame

HERE = Path(__file__).parent / "golden"
FILES = sorted(HERE.glob("*/*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_frame_means_its_events(file: Path) -> None:
    """
    The batches, what was heard, what was unknown and what was refused, all as written.
    """
    golden: dict[str, Any] = json.loads(file.read_text())
    frame = golden["frame"]
    data = frame if isinstance(frame, str) else json.dumps(frame, ensure_ascii=False)
    decoder = Decoder(source="s", format=file.parent.name, room=golden["room"])

    at = golden["received_at"]
    batches = decoder.receive([Frame(data=data.encode(), received_at=at)], at)

    assert [
        (
            batch["source"],
            batch["received_at"],
            tuple(batch["heard"]),
            msgspec.convert(batch["events"], list[Event]),
        )
        for batch in golden["batches"]
    ] == [(batch.source, batch.received_at, batch.heard, batch.events) for batch in batches]
    assert golden["unknown"] == decoder.unknown
    assert golden["rejected"] == decoder.rejected


def test_every_format_has_golden_frames() -> None:
    """
    A row in the table of formats without golden frames is not finished.
    """
    assert sorted(FORMATS) == sorted({file.parent.name for file in FILES})
