"""The timetable's calls become what the engine expects."""

from __future__ import annotations

from monitor.clock import ManualClock
from monitor.daemon import expecting
from monitor.timetable import Expected

NOW = 1_795_370_000.0
EVENING = Expected(room="dy-1", start="20:00", end="23:00")


class Expectations:
    """Keeps what an engine is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, float]] = []

    def expect(self, room: str, until: float) -> None:
        self.told.append((room, until))


async def test_a_start_is_expected_until_the_session_would_be_over():
    engine = Expectations()
    calls = expecting.Expecting(engine, ManualClock(NOW))
    await calls(EVENING, "end")
    await calls(EVENING, "start")

    assert [("dy-1", NOW + 3 * 3600)] == engine.told


def test_what_should_be_under_way_is_expected_from_the_first_moment():
    engine = Expectations()
    expecting.Expecting(engine, ManualClock(NOW)).under_way([EVENING])

    assert [("dy-1", NOW + 3 * 3600)] == engine.told
