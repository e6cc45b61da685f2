"""What the people of a room are up to, put together: incidents, floods, open questions.

    readings ─ copies told apart ─ each person counted once ─ incidents.py tests
             └ the newest complaints kept as evidence

An incident is told with what somebody needs to act on it: what about, how many people,
against which baseline, their words, and what to do (playbooks.json).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from importlib import resources
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from monitor.mood.copies import PEOPLE, Copies
from monitor.mood.incident import STREAMS, Incident
from monitor.mood.incidents import ALL, Incidents, Ints
from monitor.mood.model import TOPICS
from monitor.mood.mood import Reading

KEPT = 60  # complaints a room
_EXAMPLES = 3
_LETTERS = 40
_OTHER = TOPICS.index("other")
LEVELS = ("", "watch", "warning", "crisis")

NAMES = {
    "quality": "质量/假货", "price": "价格/虚假宣传", "logistics": "物流/发货",
    "aftersale": "售后/退款", "host": "主播/态度", "stream": "卡顿/没声音",
    "compliance": "违规/敏感", "all": "多方面",
}  # fmt: skip


class Playbook(Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers an incident, what they say, and when it goes higher."""

    who: str
    say: str
    escalate: str


class Complaint(NamedTuple):
    """A comment kept as evidence."""

    at: float
    user: str
    text: str
    score: float
    topic: int
    copied: bool


class Crowd:
    """The people of many rooms."""

    def __init__(self) -> None:
        self.incidents = Incidents()
        self.copies = Copies()
        self.copied: Counter[int] = Counter()  # copies a room, for tests and screens
        self._complaints: dict[int, deque[Complaint]] = {}
        text = resources.files("monitor.mood").joinpath("playbooks.json").read_bytes()
        self.playbooks = msgspec.json.decode(text, type=dict[str, Playbook])

    def grow(self, rows: int) -> None:
        self.incidents.grow(rows)

    def forget(self, row: int) -> None:
        """A new session: nobody has said anything."""
        self.incidents.forget(row)
        self.copied.pop(row, None)
        self._complaints.pop(row, None)

    def heard(
        self, rows: Sequence[int], row: Ints, people: Sequence[tuple[str, str]], reading: Reading,
        now: float,
    ) -> NDArray[np.bool_]:  # fmt: skip
        """Comments of viewers were read: rows (twice), (user, text) of each. Tells the copies."""
        self.incidents.comments(row)
        copied = np.zeros(len(rows), bool)
        for index in np.flatnonzero(reading.key).tolist():
            one, (user, _) = rows[index], people[index]
            writers = self.copies.seen(one, int(reading.key[index]), user, now)
            if writers >= PEOPLE:
                copied[index] = True
                self.copied[one] += 1
        for index in np.flatnonzero(reading.negative).tolist():
            one, (user, text), topic = rows[index], people[index], int(reading.topic[index])
            score = float(reading.score[index])
            kept = self._complaints.get(one)
            if kept is None:
                kept = self._complaints[one] = deque(maxlen=KEPT)
            kept.append(Complaint(now, user, text[:200], score, topic, bool(copied[index])))
            # The fourth hand with the same text is nobody new.
            writer = f"\n{int(reading.key[index])}" if copied[index] else user
            self.incidents.complaint(one, writer, ALL if topic == _OTHER else topic, now)
        return copied

    # ── what is told ──────────────────────────────────────────────────────────

    def worst(self, row: int) -> Incident | None:
        """The open incident to tell of: a topic before all of them, the less likely first."""
        found = [one for (where, _), one in self.incidents.open.items() if where == row]
        return min(found, key=lambda one: (one.stream == ALL, one.log10_p), default=None)

    def evidence(self, row: int) -> dict[str, float | str | None]:
        """What a notice of a room's incident says, by name; empty without one."""
        incident = self.worst(row)
        if incident is None:
            return {}
        said = self._said(row, incident.stream)
        playbook = self.playbooks[incident.topic]
        words = " / ".join(said)
        people = round(incident.people / incident.sampled)
        about = "约 " if incident.sampled < 1.0 else ""  # a part of the comments was read
        return {
            "incident": f"{NAMES[incident.topic]},{about}{people} 人,近 {incident.window_s} 秒"
            f"占评论 {incident.share:.0%}(平时 {incident.baseline:.1%}):{words}",
            "topic": NAMES[incident.topic],
            "level": LEVELS[incident.level],
            "people": float(people),
            "comments": float(round(incident.comments / incident.sampled)),
            "sampled": round(incident.sampled, 3) if about else None,
            "share": round(incident.share, 4),
            "baseline": round(incident.baseline, 4),
            "window_s": float(incident.window_s),
            "p": 10.0**incident.log10_p,
            "examples": words or None,
            "playbook": f"{playbook.who}: {playbook.say} {playbook.escalate}",
        }

    def _said(self, row: int, stream: int) -> list[str]:
        """The clearest complaints of an incident, each text once."""
        matching = [each for each in self._complaints.get(row, ()) if stream in (ALL, each.topic)]
        matching.sort(key=lambda each: -each.score)
        texts = dict.fromkeys(each.text[:_LETTERS] for each in matching)
        return list(texts)[:_EXAMPLES]

    def complaints(self, row: int) -> Sequence[Complaint]:
        """The newest complaints of a room, oldest first."""
        return self._complaints.get(row, ())


assert set(NAMES) == set(STREAMS), "every stream has a name that people read"
