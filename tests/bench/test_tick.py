"""The bench of one tick."""

from monitor.bench import tick


def test_a_tick_of_many_rooms_is_measured():
    ticked = tick.measure(rooms=300, ticks=8, events=2_000)

    assert (300, 50, 8) == (ticked.rooms, ticked.rules, ticked.ticks)
    assert 0 < ticked.tick_ms <= ticked.slowest_ms
    assert 0 < ticked.roll_ms <= ticked.slowest_roll_ms <= ticked.slowest_ms
    assert ticked.products >= 300
