"""Which comments complain, about what, and which ask; a batch at a time.

    batch ─ folded ─ skimmed for hints, scored by the model   all comments, as arrays
      ─ disguises undone and scored again                     the odd ones
      ─ phrases and guards: what is asked, denied, quoted     those that hang in the balance
      ─ a topic: by phrase, else by the model                 those that complain

A phrase adds at most `_LIFT`, a guard speaks only where a sign of it was seen, and what
is `_CERTAIN` stays so: nothing else is looked at, and nothing is lost by that
(`read(..., closely=True)` looks at everything, for whoever doubts it).

What a host or moderator writes MUST be left out by the caller: hosts read complaints
aloud.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from monitor.mood import copies, guards, model, topics
from monitor.mood.evasion import unmask
from monitor.mood.features import features
from monitor.mood.hints import ASKS, GUARDED, ODD, OWN, PHRASE, PRAISES, PUZZLES, Hinted, Hints
from monitor.mood.model import TOPICS, Model, Scores
from monitor.mood.normalise import Lines, fold, plain
from monitor.mood.phrases import Phrases
from monitor.mood.topics import Lexicon

__all__ = ["TOPICS", "Judgement", "Mood", "Reading"]

NO_TOPIC = -1
_OTHER = TOPICS.index("other")
_GAP = "\ufffc"  # stands for the phrase when its clause is asked what else it says
_MOST_PHRASES = 8  # of a comment; more say nothing new
_CLEAR = 0.75  # a topic the model believes more needs no phrase to be told
_SURE = 0.35  # a topic the model believes less is none

# What a closer look adds to the score.
_PHRASE, _MORE, _MOST = 0.6, 0.3, 1.2  # the first phrase that stands, each further one, at most
_DENIED, _ASKED, _QUOTED = -1.2, -0.9, -1.3
_OWN = 6.0  # the operator knows what a complaint is here
_LIFT = _MOST
_CERTAIN = 2.0  # so far above the threshold, the model has seen enough of a comment
_PRAISE = -0.5  # a comment that praises scores lower than that

_PUZZLED = re.compile(
    r" *(?:\?|(?:啊|哈|嗯|蛤|嘎|what)\?|(?:啥|啥啊|啥情况|啥意思|什么情况|什么意思|什么鬼)"
    r"|(?:怎么回事|咋回事|懵|懵了|我?看不懂|没看懂))[?! ]*"
)
_LONGEST_PUZZLE = 16


class Reading(Struct, frozen=True):
    """What a batch of comments says; each array is as long as the batch."""

    score: NDArray[np.float32]  # like a logit; above the mood's threshold it complains
    negative: NDArray[np.bool_]
    topic: NDArray[np.int8]  # index into TOPICS; -1 where it does not complain
    question: NDArray[np.bool_]  # asks for an answer
    confusion: NDArray[np.bool_]  # nothing but puzzlement: "???", "啥情况"
    praise: NDArray[np.bool_]
    key: NDArray[np.uint64]  # what copies have alike (copies.py); 0 for short ones


class Judgement(NamedTuple):
    """A comment explained."""

    text: str  # as it was read: folded, and without disguises
    score: float
    threshold: float
    negative: bool
    topic: str | None
    phrases: list[str]
    guards: list[str]  # what spoke against it: denied, asked, quoted
    characters: list[tuple[str, float]]  # what each adds to the model's score


class Mood:
    """Reads comments. The same comment is always read alike, whatever stands beside it."""

    def __init__(self, trained: Model | None = None, own: Phrases | None = None) -> None:
        """`own` are the operator's phrases; the shipped model is the default."""
        self.model = trained if trained is not None else model.load()
        self.threshold = self.model.scale.threshold
        self._shipped = topics.shipped()
        self.use(own or Phrases())

    def use(self, own: Phrases) -> None:
        """Put other phrases of the operator's in force."""
        lists = [(group.topic, group.phrases) for group in own.complaints]
        self._own = [plain([phrase]) for _, phrases in lists for phrase in phrases]
        self._harmless = [plain([phrase]) for phrase in own.harmless]
        self._lexicon = Lexicon(self._shipped, lists)
        self._hints = Hints(self._lexicon.phrases, self._own + self._harmless)

    def read(self, texts: Sequence[str], *, closely: bool = False) -> Reading:
        """Read a batch."""
        count = len(texts)
        if not count:
            no = np.zeros(0, np.bool_)
            key = np.zeros(0, np.uint64)
            return Reading(np.zeros(0, np.float32), no, np.zeros(0, np.int8), no, no, no, key)
        lines = fold(texts)
        seen = features(lines)
        score = self.model.score(lines, seen)
        hints = self._hints.skim(lines, seen)
        text = _Text(lines)
        odd = np.flatnonzero(hints & ODD)
        if len(odd):
            self._unmask(text, odd, score)
        asks = (hints & ASKS) != 0
        confusion = np.zeros(count, np.bool_)
        for row in np.flatnonzero(hints & PUZZLES).tolist():
            if text.length(row) <= _LONGEST_PUZZLE:
                confusion[row] = _PUZZLED.fullmatch(text[row]) is not None
        question = np.zeros(count, np.bool_)
        for row in np.flatnonzero(asks & ~confusion).tolist():
            question[row] = guards.asks(text[row])
        topic = np.full(count, NO_TOPIC, np.int8)
        for row in self._near(score, hints, closely=closely):
            look = self._look(text[row])
            score[row] += look.adds
            topic[row] = look.topic
        negative = score > self.threshold
        topic[~negative] = NO_TOPIC
        self._name(text, negative & (topic < 0), topic)
        praise = ((hints & PRAISES) != 0) & (score < _PRAISE) & ~question
        return Reading(score, negative, topic, question, confusion, praise, copies.keys(lines))

    def _near(self, score: Scores, hints: Hinted, *, closely: bool) -> list[int]:
        """The comments that a closer look may turn: no phrase, no lift; no guard, no fall."""
        if closely:
            near = score < self.threshold + _CERTAIN
        else:
            near = (score > self.threshold) & ((hints & GUARDED) != 0)
            near |= (score > self.threshold - _LIFT) & ((hints & PHRASE) != 0)
            near &= score < self.threshold + _CERTAIN
        near |= (hints & OWN) != 0
        return np.flatnonzero(near).tolist()

    def _unmask(self, text: _Text, odd: NDArray[np.intp], score: Scores) -> None:
        """Score odd comments again without their disguises; the worse score counts."""
        for row in odd.tolist():
            bare = unmask(text[row])
            if bare != text[row]:
                text.replaced[row] = bare
        if text.replaced:
            rows = list(text.replaced)
            lines = fold(list(text.replaced.values()))
            score[rows] = np.maximum(score[rows], self.model.score(lines, features(lines)))

    def _look(self, line: str) -> _Look:
        """Weigh the phrases of a comment, and what guards say to them."""
        found = self._lexicon.find(line)[:_MOST_PHRASES]
        adds, stands, asked = 0.0, 0, False
        votes = [0] * len(TOPICS)
        against = []
        for start, end, topic in found:
            if guards.denied(line, start):
                adds += _DENIED
                against.append("denied")
                continue
            first, last = guards.clause(line, start, end)
            words = line[first:last]
            if guards.asks(line[start:end]):  # "几天了" asks nothing; what stands around it may
                words = line[first:start] + _GAP + line[end:last]
            asked = asked or (guards.asks(words) and not guards.urges(line[first:last]))
            stands += 1
            votes[topic] += (
                1 if topic == _OTHER else 1000 + end - start
            )  # what names a matter outvotes
        if stands:
            adds += min(_PHRASE + _MORE * (stands - 1), _MOST)
        if asked or (not found and guards.asks(line) and not guards.urges(line)):
            adds += _ASKED
            against.append("asked")
        if guards.quotes(line):
            adds += _QUOTED
            against.append("quoted")
        if any(phrase in line for phrase in self._own):
            adds += _OWN
        if any(phrase in line for phrase in self._harmless):
            adds -= 2 * _OWN
            against.append("harmless")
        topic = votes.index(max(votes)) if stands else NO_TOPIC
        return _Look(adds, topic, [line[start:end] for start, end, _ in found], against)

    def _name(self, text: _Text, which: NDArray[np.bool_], topic: NDArray[np.int8]) -> None:
        """Ask the model what complaints without a phrase are about."""
        rows = np.flatnonzero(which)
        if len(rows):
            likely = self.model.topic_scores([text[row] for row in rows.tolist()])
            best = likely.argmax(axis=1)
            sure = likely.max(axis=1) >= _SURE
            topic[rows] = np.where(sure, best, _OTHER)
            for row in rows[likely.max(axis=1) < _CLEAR].tolist():
                named = self._look(text[row]).topic
                if named not in (NO_TOPIC, _OTHER):
                    topic[row] = named

    def explain(self, comment: str) -> Judgement:
        """Why a comment is read as it is."""
        reading = self.read([comment], closely=True)
        bare = unmask(fold([comment]).text[1:-1])
        line, shares = self.model.contributions(bare)
        look = self._look(line)
        topic = int(reading.topic[0])
        return Judgement(
            line,
            float(reading.score[0]),
            self.threshold,
            bool(reading.negative[0]),
            None if topic < 0 else TOPICS[topic],
            look.phrases,
            look.against,
            list(zip(line, shares.tolist(), strict=True)),
        )


class _Look(NamedTuple):
    adds: float
    topic: int
    phrases: list[str]
    against: list[str]


class _Text:
    """The lines of a batch as strings, made when they are asked for."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._text = lines.text
        self._starts = lines.starts.tolist()
        self.replaced: dict[int, str] = {}  # those that wore a disguise

    def __getitem__(self, row: int) -> str:
        if row in self.replaced:
            return self.replaced[row]
        return self._text[self._starts[row] + 1 : self._starts[row + 1]]

    def length(self, row: int) -> int:
        return self._starts[row + 1] - self._starts[row] - 1
