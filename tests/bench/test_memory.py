"""The bench of memory: what rooms take, and give back."""

from monitor.bench import memory


def test_rooms_that_come_and_go_are_measured(monkeypatch):
    """Three small waves; every room is given up, and its rows are used again."""
    monkeypatch.setattr(memory, "SPAN_S", 20)

    held = memory.measure(rooms=80, waves=3, per_room_s=1.0)

    assert (80, 50, 0) == (held.rooms, held.rules, held.rooms_left)
    assert 160 <= held.products <= 240
    assert 3 * 80 * 20 <= held.events
    assert 3 == len(held.whole_mib) == len(held.after_mib)
    assert 0 < held.after_mib[0] <= held.resident_mib * 1.2
    assert 0 <= held.off_by


def test_the_rooms_of_a_later_wave_have_the_rows_of_an_earlier_one(monkeypatch):
    monkeypatch.setattr(memory, "SPAN_S", 5)
    churn = memory.Churn(rooms=30, per_room_s=1.0)

    for number in range(2):
        churn.wave(number)
        churn.end(number)

    assert 30 == len(churn.shard.figures.tables.rooms)
    assert 0 == churn.shard.figures.tables.rooms.known
