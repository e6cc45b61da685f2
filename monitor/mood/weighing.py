"""A closer look at one comment: its phrases of complaint, and what guards say to them.

score of the model  + .6 for a phrase that stands, .3 for each further one, 1.2 at most
                    − 1.2 for each that is denied, − .9 asked, − 1.3 quoted
what it is about    the phrase that stands and names a matter, the longest of them
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from monitor.mood import guards
from monitor.mood.model import TOPICS
from monitor.mood.normalise import plain
from monitor.mood.phrases import Phrases
from monitor.mood.topics import Lexicon, shipped

NO_TOPIC = -1
OTHER = TOPICS.index("other")
MOST = 1.2  # what phrases add at most
_PHRASE, _MORE = 0.6, 0.3  # the first phrase that stands, each further one
_DENIED, _ASKED, _QUOTED = -1.2, -0.9, -1.3
_OWN = 6.0  # the operator knows what a complaint is here
_MOST_PHRASES = 8  # of a comment; more say nothing new
_GAP = "\ufffc"  # stands for the phrase when its clause is asked what else it says


class Look(NamedTuple):
    """What a closer look found."""

    adds: float  # to the model's score
    topic: int  # NO_TOPIC where no phrase stands
    phrases: list[str]
    against: list[str]  # denied, asked, quoted, harmless


class Weights:
    """Looks closely at comments, with the shipped phrases and the operator's."""

    def __init__(self, own: Phrases) -> None:
        lists = [(group.topic, group.phrases) for group in own.complaints]
        self.own = [plain([phrase]) for _, phrases in lists for phrase in phrases]
        self.harmless = [plain([phrase]) for phrase in own.harmless]
        self.lexicon = Lexicon(shipped(), lists)

    def look(self, line: str, places: Iterable[int] | None = None, *, guarded: bool = True) -> Look:
        """Weigh a folded comment.

        `places` are where phrases may begin, None: anywhere; `guarded` is False where it is
        known that nothing asks or quotes.
        """
        found = self.lexicon.find(line, places)[:_MOST_PHRASES]
        adds, stands, asked = 0.0, 0, False
        votes: dict[int, int] = {}
        against = []
        for start, end, topic in found:
            if guards.denied(line, start):
                adds += _DENIED
                against.append("denied")
                continue
            asked = asked or (guarded and self._asked(line, start, end))
            stands += 1
            weight = 1 if topic == OTHER else 1000 + end - start  # what names a matter outvotes
            votes[topic] = votes.get(topic, 0) + weight
        if stands:
            adds += min(_PHRASE + _MORE * (stands - 1), MOST)
        if asked or (guarded and not found and guards.asks(line) and not guards.urges(line)):
            adds += _ASKED
            against.append("asked")
        if guarded and guards.quotes(line):
            adds += _QUOTED
            against.append("quoted")
        if self.own and _any_in(self.own, line):
            adds += _OWN
        if self.harmless and _any_in(self.harmless, line):
            adds -= 2 * _OWN
            against.append("harmless")
        topic = max(votes, key=lambda each: (votes[each], -each)) if votes else NO_TOPIC
        return Look(adds, topic, [line[start:end] for start, end, _ in found], against)

    def _asked(self, line: str, start: int, end: int) -> bool:
        """Whether the clause around a phrase asks, and does not press."""
        first, last = guards.clause(line, start, end)
        words = line[first:last]
        if not guards.asks(words):
            return False
        if guards.asks(line[start:end]):  # "几天了" asks nothing; what stands around it may
            around = line[first:start] + _GAP + line[end:last]
            if not guards.asks(around):
                return False
        return not guards.urges(words)


def _any_in(phrases: Sequence[str], line: str) -> bool:
    return any(phrase in line for phrase in phrases)
