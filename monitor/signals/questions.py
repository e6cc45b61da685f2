"""Questions of viewers that nobody has answered.

    asked ─ open ─ the host or a moderator writes to the asker (`reply_to`): answered
                 └ five minutes later: nobody waits any more

Who asks again waits since the first time that was not answered. A question that the host
answers aloud is heard by nobody here; so a room where the staff writes to nobody is one of
which open questions are unknown, and 0 is never guessed.

Each counts from when it was asked or answered, so the order of arrival does not matter. Of
a room the last `MOST` people are kept who asked or were answered; those who come when all
of them still wait are not waited for.
"""

from __future__ import annotations

from bisect import insort

import numpy as np

from monitor.signals.rooms import NAN, Floats

NEVER = float("-inf")
OPEN_S = 300.0
LATE_S = 60.0  # for so long after that a late fact may still change what is open
MOST = 500  # people a room
AGAIN_S = 30.0  # a room that is full of people who wait is looked through no sooner
EACH = 8  # questions a person; of more, the newest but one is forgotten


# When somebody was answered last, and then when they asked, in order: a list each, for a
# busy market asks thousands of questions a second.
_Person = list[float]


def _waits_since(person: _Person, now: float) -> float:
    """Since when they wait; NaN where they do not."""
    since = max(person[0], now - OPEN_S)
    if person[-1] <= since:
        return NAN
    return next((at for at in person[1:] if at > since), NAN)


class Questions:
    """The people of rooms, by row."""

    def __init__(self) -> None:
        self._people: dict[int, dict[str, _Person]] = {}
        self._answering: set[int] = set()  # rooms whose staff writes to people
        self._open: dict[int, tuple[int, float]] = {}  # row → how many, since when the oldest
        self._changed: set[int] = set()
        self._full_until: dict[int, float] = {}

    def asked(self, row: int, user: str, at: float) -> None:
        people = self._people.get(row)
        if people is None:
            people = self._people[row] = {}
        person = people.get(user)
        if person is None:
            if len(people) >= MOST and not self._make_room(row, people, at):
                return
            people[user] = [NEVER, at]
        else:
            insort(person, at, lo=1)
            if len(person) > 1 + EACH:
                del person[-2]
        self._changed.add(row)

    def answered(self, row: int, user: str, at: float) -> None:
        self._answering.add(row)
        self._changed.add(row)
        people = self._people.setdefault(row, {})
        person = people.get(user)
        if person is not None:
            person[0] = max(person[0], at)
        elif len(people) < MOST or self._make_room(row, people, at):
            people[user] = [at]

    def _make_room(self, row: int, people: dict[str, _Person], at: float) -> bool:
        """Whether there is room for another. In a full room all are looked at now and then."""
        if at < self._full_until.get(row, NEVER):
            return False
        self._let_go(people, at)
        if len(people) < MOST:
            return True
        self._full_until[row] = at + AGAIN_S
        return False

    def _let_go(self, people: dict[str, _Person], now: float) -> None:
        """Forget whom nobody waits for, whatever is still told late."""
        for user in [
            user
            for user, person in people.items()
            if max(person[0], person[-1]) < now - OPEN_S - LATE_S
            or (NEVER < person[0] < now - LATE_S and not _waits_since(person, now) <= now)
        ]:
            del people[user]

    def open(self, rows: int, now: float) -> tuple[Floats, Floats]:
        """How many people wait, and how long the longest: seconds. Shape (rows,) each."""
        count, wait = np.full(rows, NAN), np.full(rows, NAN)
        for row in self._answering:
            if row >= rows:
                continue
            many, since = self._open.get(row, (0, NAN))
            if row in self._changed or since < now - OPEN_S:
                waiting = [_waits_since(each, now) for each in self._people[row].values()]
                waiting = [at for at in waiting if at <= now]
                many, since = len(waiting), min(waiting, default=NAN)
                self._open[row] = many, since
                self._changed.discard(row)
            count[row], wait[row] = many, now - since if many else 0.0
        return count, wait

    def forget(self, row: int) -> None:
        """A new session: nobody has asked anything."""
        self._people.pop(row, None)
        self._open.pop(row, None)
        self._answering.discard(row)
        self._changed.discard(row)
        self._full_until.pop(row, None)
