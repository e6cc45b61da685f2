"""Lets changes of a room wait a moment for each other, so that people get one message.

    critical    waits for nothing and stands alone; older news of the same alert goes first
    others      wait `wait_s` from the first one in their room, and go together

A change that fired and was resolved while it waited is told to nobody.
"""

from __future__ import annotations

from msgspec import Struct

from monitor.alerts.alert import Change


class Group(Struct):
    """Changes that are told together."""

    due_at: float
    changes: list[Change]


class Groups:
    """Changes on their way, by room."""

    def __init__(self, wait_s: float = 2.0) -> None:
        self.wait_s = wait_s
        self.collapsed = 0  # fired and resolved before anybody was told
        self._groups: dict[str, Group] = {}
        self._at_once: list[Change] = []

    def add(self, change: Change, now: float) -> None:
        if change.change == "resolved" and self._collapse(change):
            return
        if change.severity == "critical":
            self._at_once += [*self._take(change), change]
            return
        group = self._groups.get(change.room)
        if group is None:
            group = self._groups[change.room] = Group(now + self.wait_s, [])
        group.changes.append(change)

    def due(self, now: float) -> list[list[Change]]:
        """Take out what has waited long enough; each list is to be told together."""
        due = [[change] for change in self._at_once]
        self._at_once = []
        rooms = [room for room, group in self._groups.items() if group.due_at <= now]
        return due + [self._groups.pop(room).changes for room in rooms]

    def waiting(self) -> list[Change]:
        """Every change nobody was told of yet, in the order they came for each room."""
        return self._at_once + [
            change for group in self._groups.values() for change in group.changes
        ]

    def next_due(self) -> float | None:
        """When `due` next gives something; the past means now."""
        if self._at_once:
            return 0.0
        return min((group.due_at for group in self._groups.values()), default=None)

    def _take(self, change: Change) -> list[Change]:
        """What waits of the same alert (the end of its last episode): it goes first."""
        group = self._groups.get(change.room)
        if group is None:
            return []
        same = [waiting for waiting in group.changes if waiting.key == change.key]
        group.changes = [waiting for waiting in group.changes if waiting.key != change.key]
        if not group.changes:
            del self._groups[change.room]
        return same

    def _collapse(self, resolved: Change) -> bool:
        """Whether it fired while waiting here: then both, and what came between, are dropped."""
        group = self._groups.get(resolved.room)
        for changes in (self._at_once, group.changes if group else []):
            same = [change for change in changes if change.told_as == resolved.told_as]
            if any(change.change == "fired" for change in same):
                changes[:] = [change for change in changes if change not in same]
                if group is not None and not group.changes:
                    del self._groups[resolved.room]
                self.collapsed += 1
                return True
        return False
