"""What the facts of a batch are like together."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.signals import outlook as module
from monitor.signals.outlook import Outlook, outlook
from monitor.signals.rooms import Rooms

QUIET, LIVE, BEGUN, STALLED = range(4)


@pytest.fixture(params=["compiled", "numpy"], autouse=True)
def way(request, monkeypatch):
    if request.param == "numpy":
        monkeypatch.setattr(module, "compiled", None)


@pytest.fixture
def rooms() -> Rooms:
    rooms = Rooms({})
    rooms.rows(["quiet", "live", "begun", "stalled"])
    rooms.settled[1:4] = True
    rooms.columns["begun_at"][BEGUN] = 7.0
    return rooms


@pytest.mark.parametrize(
    ("row", "at", "settled", "steady"),
    [
        ([LIVE, LIVE, BEGUN], [3.0, 1.5, 7.0], True, True),
        ([LIVE, QUIET, LIVE], [3.0, 1.5, 2.0], False, True),  # not known to be live
        ([LIVE, BEGUN, LIVE], [3.0, 6.5, 1.5], False, True),  # of the session before
        ([LIVE, STALLED, LIVE], [3.0, 1.5, 2.0], True, False),
        ([LIVE, -1, LIVE], [3.0, 1.5, 2.0], False, False),  # of no room: nothing is known
    ],
)
def test_what_holds_of_all_facts_holds(rooms, row, at, settled, steady):
    unsteady = np.zeros(rooms.capacity, bool)
    unsteady[STALLED] = True

    assert Outlook(settled, steady, min(at), max(at)) == outlook(
        rooms, unsteady, np.array(row), np.array(at)
    )
