"""Lucky bags (福袋): who enters by writing a phrase, whether it is drawn in time, and after.

    open ── (seconds) ── should be drawn ── late … ── draw

While a bag is open, and `GRACE_S` after it, a comment that is its phrase is an entry and
no engagement. What a comment is, is decided when it reaches us: what came before we heard
of its bag has been counted as said. A bag that nobody draws or closes stays open for
`LONGEST_S`.

What a draw cost is measured a minute after it: comments (without entries) of the 60 s
after it against those of the 60 s before, and people online then and when it was drawn.
The facts of a bag are put together by when they were so, in whatever order they come.
"""

from __future__ import annotations

import math
import unicodedata

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from monitor.events import LuckyBag
from monitor.signals.grouping import Group
from monitor.signals.memory import Memory
from monitor.signals.rooms import NAN, Floats
from monitor.signals.windows import Windows

GRACE_S = 10.0
LONGEST_S = 1800.0
AROUND_S = 60
BAGS = 16  # of a room, the last ones opened
LONG = 4  # characters: a phrase of so many may stand within more words
FIGURES = (
    "bags_open", "bag_open_s", "bag_late_s", "bag_drawn_s", "bag_entrants", "bag_online_drop",
    "bag_comments_drop",
)  # fmt: skip


class Bag(Struct):
    """What is known of one bag; instants are NaN while they are unknown."""

    opened_at: float = NAN
    drawn_at: float = NAN
    closed_at: float = NAN
    phrase: str = ""
    seconds: float = NAN
    entrants: float = NAN
    told_at: dict[str, float] = field(default_factory=dict)  # when what it says of itself was so
    online_drop: float = NAN
    comments_drop: float = NAN

    def tell(self, fact: LuckyBag) -> None:
        name = {"open": "opened_at", "draw": "drawn_at", "close": "closed_at"}[fact.phase]
        setattr(self, name, float(np.fmin(getattr(self, name), fact.at)))
        said = {"phrase": fact.phrase, "seconds": fact.seconds, "entrants": fact.entrants}
        for name, value in said.items():
            if value is not None and fact.at >= self.told_at.get(name, -math.inf):
                setattr(self, name, value if isinstance(value, str) else float(value))
                self.told_at[name] = fact.at

    @property
    def heard_at(self) -> float:
        """When the last thing happened to it."""
        return float(np.fmax(np.fmax(self.opened_at, self.drawn_at), self.closed_at))

    @property
    def over_at(self) -> float:
        """When it was drawn or closed, or can be open no longer."""
        return float(np.fmin(np.fmin(self.drawn_at, self.closed_at), self.opened_at + LONGEST_S))

    def open(self, now: float) -> bool:
        return self.opened_at <= now < self.over_at

    def late_s(self, now: float) -> float:
        """For how long it should have been drawn; NaN where nobody says when."""
        return max(now - self.opened_at - self.seconds, 0.0) if self.open(now) else 0.0


class Bags:
    """The bags of rooms, by row."""

    def __init__(self, lateness_s: float, rows: int = 16) -> None:
        self._settled_s = AROUND_S + lateness_s + 1.0
        self._lateness_s = lateness_s
        self._bags: dict[int, dict[str, Bag]] = {}
        self._phrased = np.zeros(rows, bool)  # rooms where a phrase may be an entry
        self._phrases: dict[int, list[tuple[float, float, str]]] = {}  # since, until, phrase
        self._drawn: set[int] = set()  # rooms with a draw to be measured

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        more = rows - len(self._phrased)
        if more > 0:
            self._phrased = np.pad(self._phrased, (0, more))

    def tell(self, row: int, fact: LuckyBag) -> None:
        """A bag was opened, drawn or closed."""
        bags = self._bags.setdefault(row, {})
        bag = bags.get(fact.bag)
        if bag is None:
            bag = bags[fact.bag] = Bag()
        bag.tell(fact)
        if len(bags) > BAGS:
            del bags[min(bags, key=lambda name: bags[name].heard_at)]
        if not math.isnan(bag.drawn_at):
            self._drawn.add(row)
        self._phrases[row] = [
            (one.opened_at, one.over_at + GRACE_S, one.phrase)
            for one in bags.values()
            if one.phrase and not math.isnan(one.opened_at)
        ]
        self._phrased[row] = bool(self._phrases[row])

    def entries(self, group: Group) -> NDArray[np.bool_] | None:
        """Which comments are entries; None where none can be."""
        if not self._phrases:
            return None
        looked = np.flatnonzero(self._phrased[group.row])
        if not len(looked):
            return None
        found = np.zeros(len(group.events), bool)
        for index in looked.tolist():
            at = float(group.at[index])
            text = None
            for since, until, phrase in self._phrases[int(group.row[index])]:
                if since <= at <= until:
                    text = bare(group.events[index].text) if text is None else text
                    found[index] |= _is(text, bare(phrase))
        return found if found.any() else None

    def roll(self, windows: Windows, online: Memory, now: float) -> None:
        """Measure what draws cost; phrases of long ago are looked for no more. Once a second."""
        for row in list(self._drawn):
            waiting = False
            for bag in self._bags[row].values():
                since = now - bag.drawn_at
                if AROUND_S <= since < self._settled_s + 1.0:
                    _measure(bag, row, windows, online)
                waiting |= since < self._settled_s
            if not waiting:
                self._drawn.discard(row)
        for row in list(self._phrases):
            until = max((one[1] for one in self._phrases[row]), default=0.0)
            if until + self._lateness_s < now:
                del self._phrases[row]
                self._phrased[row] = False

    def of(self, row: int) -> dict[str, Bag]:
        """The bags of a room, by their names."""
        return self._bags.get(row, {})

    def read(self, name: str, now: float, rooms: int) -> Floats:
        """One of `FIGURES`; unknown in rooms of whose bags nothing was told."""
        values = np.full(rooms, NAN)
        for row, bags in self._bags.items():
            if row < rooms:
                values[row] = _figure(name, list(bags.values()), now)
        return values

    def forget(self, row: int) -> None:
        """A new session has bags of its own."""
        self._bags.pop(row, None)
        self._phrases.pop(row, None)
        self._drawn.discard(row)
        self._phrased[row] = False


def _figure(name: str, bags: list[Bag], now: float) -> float:
    here = [bag for bag in bags if bag.open(now)]
    if name == "bags_open":
        return float(len(here))
    if name == "bag_open_s":
        return max((now - bag.opened_at for bag in here), default=0.0)
    if name == "bag_late_s":
        late = [bag.late_s(now) for bag in bags if not math.isnan(bag.seconds)]
        return max(late, default=NAN)
    if name == "bag_entrants":
        told = [bag for bag in bags if not math.isnan(bag.entrants)]
        return max(told, key=lambda bag: bag.heard_at).entrants if told else NAN
    drawn = [bag for bag in bags if bag.drawn_at <= now]
    if not drawn:
        return NAN
    last = max(drawn, key=lambda bag: bag.drawn_at)
    if name == "bag_drawn_s":
        return now - last.drawn_at
    return last.online_drop if name == "bag_online_drop" else last.comments_drop


def _measure(bag: Bag, row: int, windows: Windows, online: Memory) -> None:
    drawn = int(bag.drawn_at)
    before = int(windows.series("comments", row, drawn - AROUND_S, drawn).sum())
    after = int(windows.series("comments", row, drawn, drawn + AROUND_S).sum())
    bag.comments_drop = 1.0 - after / before if before else NAN
    then, later = online.at(row, drawn), online.at(row, drawn + AROUND_S)
    bag.online_drop = 1.0 - later / then if then > 0 else NAN


def bare(text: str) -> str:
    """Letters and digits alone, of one width and case; all of it where there are none."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join([each for each in plain if each.isalnum()]) or plain.strip()


def _is(text: str, phrase: str) -> bool:
    """Whether a comment is the phrase, once or more, or holds a long one."""
    if len(phrase) >= LONG and phrase in text:
        return True
    times, rest = divmod(len(text), len(phrase)) if phrase else (0, 1)
    return rest == 0 and times > 0 and phrase * times == text
