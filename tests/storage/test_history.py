"""What happened, newest first, until it is too old."""

from __future__ import annotations

from monitor.storage import history
from tests.alerts.changes import T0, fired, resolved
from tests.storage.memory import tables


def test_the_newest_comes_first():
    """In the order they were written, also within one instant."""
    changes = [fired("a"), fired("b"), resolved(fired("a"), T0)]

    with tables() as connection:
        history.add(connection, changes)

        assert changes[:0:-1] == history.latest(connection, 2)


def test_pruning_goes_by_age_a_little_at_a_time():
    """So that no commit waits long."""
    with tables() as connection:
        history.add(connection, [fired(at=T0 + second) for second in range(5)])

        assert [2, 1, 0] == [history.prune(connection, T0 + 3, 2) for _ in range(3)]
        assert [T0 + 4, T0 + 3] == [change.at for change in history.latest(connection, 9)]
