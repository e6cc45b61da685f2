"""The pictures that screens look at: a wall for each scope, a page for each room and scope.

Screens that may see the same share one picture, so every frame is encoded once for them
all. A picture that nobody looks at any more is forgotten at the next look; only the wall of
everything is always there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence

from monitor.alerts.alert import Alert, Change
from monitor.console.desk import View
from monitor.console.picture import Picture
from monitor.console.returned import Returned
from monitor.console.room_picture import RoomPicture
from monitor.console.scope import EVERYTHING, Scope
from monitor.signals.views import RoomView

REMEMBERED = 500  # changes that the log of a new picture is looked up in


class Boards:
    """Refreshes all of them together, from one look at the desk."""

    def __init__(self, desk: View, *, keep_returned: bool = True) -> None:
        """`keep_returned`: what is over before anybody looked stays until somebody does."""
        self._keep_returned = keep_returned
        self.whole = Picture()
        self._desk = desk
        self._walls: dict[Scope, Picture] = {EVERYTHING: self.whole}
        self._rooms: dict[tuple[str, Scope], RoomPicture] = {}
        self._past: deque[Change] = deque(maxlen=REMEMBERED)  # oldest first
        self.returned = Returned()

    def remember(self, past: Sequence[Change]) -> None:
        """Take what happened before we looked, newest first, as the store gives it."""
        told = {(each.key, each.episode, each.change) for each in self._past}
        past = [each for each in past if (each.key, each.episode, each.change) not in told]
        self._past.extendleft(past)
        for scope, wall in self._walls.items():
            wall.remember(scope.changes(past))

    def anew(self, past: Sequence[Change]) -> dict[int, Picture | RoomPicture]:
        """Forget what was shown; `past` is what happened before, oldest first.

        Returns the picture that takes the place of each, by the id of the one before.
        """
        walls, rooms = self._walls, self._rooms
        self.whole = Picture()
        self._walls, self._rooms = {EVERYTHING: self.whole}, {}
        self._past = deque(past, maxlen=REMEMBERED)
        self.whole.remember(reversed(self._past))
        self.returned = Returned()
        fresh: dict[int, Picture | RoomPicture] = {
            id(picture): self.wall(scope) for scope, picture in walls.items()
        }
        for (room, scope), page in rooms.items():
            fresh[id(page)] = self.room(room, scope)
        return fresh

    def wall(self, scope: Scope) -> Picture:
        """The wall as somebody of this scope sees it."""
        scope = _of_a_wall(scope)
        picture = self._walls.get(scope)
        if picture is None:
            picture = self._walls[scope] = Picture()
            picture.remember(scope.changes(reversed(self._past)))
            desk = self._desk
            alerts = scope.alerts(self.returned.beside(desk.alerts()))
            picture.refresh(scope.views(desk.rooms()), alerts, desk.now())
        return picture

    def room(self, room: str, scope: Scope) -> RoomPicture:
        """The page of a room; one that is not seen is one that is not known."""
        picture = self._rooms.get((room, scope))
        if picture is None:
            past = scope.changes(self._past)
            picture = self._rooms[room, scope] = RoomPicture(room, masked=not scope.nick, past=past)
            desk = self._desk
            alerts = self.returned.beside(desk.alerts())
            self._refresh_room(picture, scope, desk.rooms(), alerts, desk.now())
        return picture

    def look(self, watched: Collection[int]) -> bool:
        """Look at the desk; True where there is a new frame. `watched` are ids of pictures."""
        desk = self._desk
        views, alerts, now = desk.rooms(), desk.alerts(), desk.now()
        self.returned.seen(alerts)
        alerts = self.returned.beside(alerts)
        changed = False
        for scope, wall in list(self._walls.items()):
            if scope is not EVERYTHING and id(wall) not in watched:
                del self._walls[scope]
                continue
            changed |= wall.refresh(scope.views(views), scope.alerts(alerts), now)
        for key, picture in list(self._rooms.items()):
            if id(picture) not in watched:
                del self._rooms[key]
                continue
            changed |= self._refresh_room(picture, key[1], views, alerts, now)
        return changed

    def told(self, changes: Sequence[Change]) -> bool:
        """Something happened to alerts; True where there is a new frame."""
        self._past.extend(changes)
        alerts, now = self._desk.alerts(), self._desk.now()
        if self._keep_returned:
            self.returned.told(changes, alerts)
        alerts = self.returned.beside(alerts)
        new = False
        for scope, wall in self._walls.items():
            new |= wall.tell(scope.changes(changes), scope.alerts(alerts), now)
        for (_, scope), picture in self._rooms.items():
            new |= picture.tell(scope.changes(changes), scope.alerts(alerts), now)
        return new

    def _refresh_room(
        self,
        picture: RoomPicture,
        scope: Scope,
        views: Sequence[RoomView],
        alerts: Sequence[Alert],
        now: float,
    ) -> bool:
        room = picture.room
        view = next((view for view in views if view.room == room), None)
        if view is None or not scope.sees(room):
            return picture.refresh(None, None, [], now)
        detail = self._desk.detail(room)
        return picture.refresh(
            scope.view(view),
            None if detail is None else scope.detail(detail),
            scope.alerts(alerts),
            now,
        )


def _of_a_wall(scope: Scope) -> Scope:
    """A wall shows no people, so that viewers share it with those who work."""
    return Scope(rooms=scope.rooms, gmv=scope.gmv) if scope.rooms or not scope.gmv else EVERYTHING
