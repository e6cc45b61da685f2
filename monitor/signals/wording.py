"""What a room's own side says, held against forbidden terms (mood/compliance.py).

speech, a comment of the staff's   counts each time it is said
shelf                              when its title is new, or another
pin                                each time a product with such a title is pinned
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

from monitor.events import Comment, Event, Pin, Shelf, Speech
from monitor.mood.compliance import Compliance, Hit
from monitor.mood.phrases import Phrases

KEPT = 8  # uses a room
TITLES = 500  # of a room, with a forbidden term; the oldest is forgotten first
JUDGED = frozenset({Comment, Pin, Shelf, Speech})
_LETTERS = 40
_SHOWN = 3
PLACES = {"speech": "主播口播", "chat": "主播评论", "title": "商品标题", "pin": "讲解商品标题"}


class Use(NamedTuple):
    """Forbidden terms that were used: where (a key of PLACES), and in what words."""

    at: float
    where: str
    hits: tuple[Hit, ...]
    words: str


class Wording:
    """The forbidden terms used in rooms, by row."""

    def __init__(self, rows: int = 16) -> None:
        self.compliance = Compliance()
        self.heard = np.zeros(rows, np.bool_)  # rooms whose own side has said anything
        self._uses: dict[int, deque[Use]] = {}
        self._titles: dict[int, dict[str, tuple[str, tuple[Hit, ...]]]] = {}  # row → SKU

    def use(self, own: Phrases) -> None:
        """Put another list of the operator's in force; titles are judged anew when they come."""
        self.compliance.use(own.law)
        self._titles.clear()

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        old = len(self.heard)
        if rows > old:
            self.heard = np.concatenate([self.heard, np.zeros(max(rows, 2 * old) - old, np.bool_)])

    def forget(self, row: int) -> None:
        """A new session: nothing has been said; titles stay on their shelf."""
        self._uses.pop(row, None)
        self.heard[row] = False

    def release(self, row: int) -> None:
        """The room is given up; another may have its row."""
        self.forget(row)
        self._titles.pop(row, None)

    def hear(self, row: int, event: Event) -> int:
        """Judge a fact; how many forbidden terms it uses."""
        match event:
            case Speech():
                return self._judge(row, event.at, "speech", event.text)
            case Comment():
                return self._judge(row, event.at, "chat", event.text)
            case Shelf() if event.title:
                return self._title(row, event)
            case Pin():
                title, hits = self._titles.get(row, {}).get(event.sku, ("", ()))
                return self._note(row, Use(event.at, "pin", hits, title))
        return 0

    def _judge(self, row: int, at: float, where: str, text: str) -> int:
        return self._note(row, Use(at, where, tuple(self.compliance.find(text)), text))

    def _title(self, row: int, event: Shelf) -> int:
        self.heard[row] = True
        titles = self._titles.setdefault(row, {})
        before = titles.pop(event.sku, None)
        if before is not None and before[0] == event.title:
            titles[event.sku] = before
            return 0
        hits = tuple(self.compliance.find(event.title))
        if not hits:
            return 0
        titles[event.sku] = (event.title, hits)
        if len(titles) > TITLES:
            del titles[next(iter(titles))]
        return self._note(row, Use(event.at, "title", hits, event.title))

    def _note(self, row: int, use: Use) -> int:
        self.heard[row] = True
        if use.hits:
            kept = self._uses.get(row)
            if kept is None:
                kept = self._uses[row] = deque(maxlen=KEPT)
            kept.append(use)
        return len(use.hits)

    def uses(self, row: int) -> list[Use]:
        """The last uses in a room, oldest first."""
        return list(self._uses.get(row, ()))

    def evidence(self, row: int) -> dict[str, str]:
        """What a notice says of the last use, by name; empty without one."""
        uses = self._uses.get(row)
        if not uses:
            return {}
        last = uses[-1]
        terms = "、".join(f"「{hit.term}」" for hit in last.hits[:_SHOWN])
        kinds = "、".join(dict.fromkeys(hit.says for hit in last.hits[:_SHOWN]))
        said = last.words[:_LETTERS] + ("…" if len(last.words) > _LETTERS else "")
        return {
            "wording": f"{PLACES[last.where]}用了{terms}({kinds}):{said}",
            "terms": terms,
            "where": PLACES[last.where],
            "said": said,
        }
