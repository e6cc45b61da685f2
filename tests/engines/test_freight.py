"""Facts on their way to a worker."""

from __future__ import annotations

from monitor.engines.freight import pack, unpack
from tests.engines.evening import evening


def test_facts_arrive_as_they_were_sent():
    for _, batches, _ in evening(3, 2):
        for batch in batches:
            assert batch.events == unpack(pack(batch.events))
