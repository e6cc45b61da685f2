"""The bench of real transports."""

import pytest

from monitor.bench import sources

pytestmark = pytest.mark.services


@pytest.mark.parametrize(("kind", "batch"), sources.CASES)
def test_every_fact_comes_through_and_is_acknowledged(kind, batch):
    """It returns only once the shard has all of them and the source owes nothing."""
    passed = sources.measure(kind, batch, events=1_000 if batch > 1 else 60, runs=1)

    assert (kind, batch) == (passed.transport, passed.facts_a_message)
    assert (1_000 if batch > 1 else 60) == passed.messages * batch
    assert 0 < passed.events_per_s
    assert 0 < passed.to_decoder_events_per_s
