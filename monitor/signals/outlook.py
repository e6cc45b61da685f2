"""What the facts of a batch are like together: looked at once, before any of them counts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.signals.rooms import Floats, Rooms
from monitor.signals.windows import Ints
from monitor.speedups.loaded import compiled


class Outlook(NamedTuple):
    """`earliest` and `latest` are instants; the others hold of all facts."""

    settled: bool  # of rooms known to be live, in the session that goes on
    steady: bool  # of rooms in which no feed has stalled, or catches up
    earliest: float
    latest: float


def outlook(rooms: Rooms, unsteady: NDArray[np.bool_], row: Ints, at: Floats) -> Outlook:
    """Of one fact at least. A row below 0 is of no room, so nothing is settled."""
    if compiled is not None:
        begun_at = rooms.columns["begun_at"]
        return Outlook(*compiled.outlook(row, at, rooms.settled, begun_at, unsteady))
    known = bool(row.min() >= 0)
    settled = known and bool(rooms.settled[row].all()) and not rooms.before(row, at).any()
    steady = known and not unsteady[row].any()
    return Outlook(settled, steady, float(at.min()), float(at.max()))
