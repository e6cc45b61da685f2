"""What the timetable says of a room: since when a broadcast of it should be under way."""

from __future__ import annotations

from monitor.signals.tables import Tables


def expect(tables: Tables, room: str, at: float, until: float) -> None:
    """A broadcast should be under way from `at` until `until`; epoch seconds.

    A room that was never heard of has a row from now on: that it says nothing is the news.
    """
    row = tables.rooms.rows([room])[0]
    if tables.rooms.grown:
        tables.grow()
    if row >= 0:
        tables.rooms.columns["expected_at"][row] = at
        tables.rooms.columns["expected_until"][row] = until
