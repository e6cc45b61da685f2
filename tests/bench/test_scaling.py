"""How time grows with what the engine is given."""

import pytest

from monitor.bench import scaling


def test_markets_are_played_in_turns():
    grown = scaling.measure(events=1_000, rooms=10, runs=2)
    seconds = grown.seconds

    names = {"base", "events", "rooms", "even", "one", "busy", "rooms_busy"}
    assert names == seconds.keys()
    assert pytest.approx(seconds["rooms"] / seconds["base"], abs=0.001) == grown.rooms_times_10
    assert (
        pytest.approx(seconds["rooms_busy"] / seconds["busy"], abs=0.001)
        == grown.rooms_times_10_busy
    )
    assert pytest.approx(seconds["one"] / seconds["even"], abs=0.001) == grown.one_room_against_even
    assert (
        pytest.approx(seconds["events"] / seconds["base"] / 10, abs=0.001) == grown.events_times_10
    )
