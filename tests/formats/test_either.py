"""One door reads both wire forms."""

from __future__ import annotations

import msgspec
import pytest

from monitor.events import KINDS
from monitor.formats.decoder import Decoder
from monitor.formats.schema import cloudevent_example, native_example
from monitor.frames import Frame


@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_is_read_in_either_form(kind: str) -> None:
    """
    The same door takes the flat form and the CloudEvent of every fact.
    """
    decoder = Decoder(source="door", format="events")
    frames = [
        Frame(data=msgspec.json.encode(example(KINDS[kind])), received_at=1_795_370_000.0)
        for example in (native_example, cloudevent_example)
    ]

    read = decoder.receive(frames, 1_795_370_000.0)

    tags = [event.__struct_config__.tag for batch in read for event in batch.events]
    assert [kind, kind] == tags


def test_a_mixed_frame_is_refused_item_by_item() -> None:
    """
    A flat fact among CloudEvents is refused with its index; the CloudEvent is taken.
    """
    decoder = Decoder(source="door", format="events")
    mixed = [cloudevent_example(KINDS["comment"]), native_example(KINDS["comment"])]

    decoder.receive(
        [Frame(data=msgspec.json.encode(mixed), received_at=1_795_370_000.0)], 1_795_370_000.0
    )

    assert 1 == decoder.reports[0].accepted
    assert [1] == [index for index, _ in decoder.reports[0].rejected]
