"""Which rooms are over, so that others can have their rows.

    a broadcast has ended, and nothing was heard for `forget_ended_s`
    it has not, and nothing was heard for `forget_silent_s`

A room that the config names is never over: people expect it in its place. Silence is told
from the last message of any kind or, of a room of which nothing but repetitions was ever
heard, from when we first looked. At most `AT_ONCE` rooms are told in one tick, so that
thousands of rooms that end together make no tick long.
"""

from __future__ import annotations

import numpy as np

from monitor.signals.freshness import ANY
from monitor.signals.tables import Settings, Tables

EVERY_S = 10.0
AT_ONCE = 64
SHORTEST_S = 600.0  # windows and what counts once in five minutes are empty by then


class Retiring:
    """Looks for such rooms now and then."""

    def __init__(self, settings: Settings) -> None:
        self._ended_s = max(settings.forget_ended_s, SHORTEST_S)
        self._silent_s = max(settings.forget_silent_s, SHORTEST_S)
        self._look_at = 0.0

    def over(self, tables: Tables, now: float) -> list[int]:
        """Rows of rooms that are over."""
        if now < self._look_at:
            return []
        self._look_at = now + EVERY_S
        rooms, count = tables.rooms, len(tables.rooms)
        noted_at = rooms.columns["noted_at"][:count]
        noted_at[np.isnan(noted_at)] = now
        heard_at = tables.freshness.heard_at[tables.freshness.feeds[ANY], :count]
        silent_s = now - np.fmax(heard_at, noted_at)
        limit_s = np.where(rooms.columns["live"][:count] == 0.0, self._ended_s, self._silent_s)
        rows = np.flatnonzero(rooms.taken[:count] & (silent_s >= limit_s)).tolist()
        over = [row for row in rows if rooms.names[row] not in rooms.profiles]
        if len(over) > AT_ONCE:
            self._look_at = now
        return over[:AT_ONCE]
