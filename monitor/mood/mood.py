"""Which comments complain, about what, and which ask; a batch at a time.

    batch ─ folded ─ skimmed for hints, scored by the model   all comments, as arrays
      ─ disguises undone and scored again                     the odd ones
      ─ phrases and guards: what is asked, denied, quoted     those that hang in the balance
      ─ a topic: by phrase, else by the model                 those that complain

A phrase adds at most `MOST`, a guard speaks only where a sign of it was seen, and what
is `_CERTAIN` stays so: nothing else is looked at, and nothing is lost by that
(`read(..., closely=True)` looks at everything, for whoever doubts it).

What a host or moderator writes MUST be left out by the caller: hosts read complaints
aloud.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from monitor.mood import copies, guards, model
from monitor.mood.evasion import unmask
from monitor.mood.features import Features, features
from monitor.mood.hints import (
    ASKED,
    ASKS,
    GUARDED,
    ODD,
    OWN,
    PHRASE,
    PRAISES,
    PUZZLES,
    Hinted,
    Hints,
)
from monitor.mood.model import TOPICS, Model, Scores
from monitor.mood.normalise import Lines, fold
from monitor.mood.phrases import Phrases
from monitor.mood.weighing import MOST, NO_TOPIC, OTHER, Weights

__all__ = ["TOPICS", "Judgement", "Mood", "Reading"]

_CLEAR = 0.75  # a topic the model believes more needs no phrase to be told
_SURE = 0.35  # a topic the model believes less is none

_CERTAIN = 2.0  # so far above the threshold, the model has seen enough of a comment
_PRAISE = -0.5  # a comment that praises scores lower than that

_PUZZLES = (
    "?", "啊?", "哈?", "嗯?", "蛤?", "嘎?", "what?", "啥", "啥啊", "啥情况", "啥意思", "什么情况",
    "什么意思", "什么鬼", "怎么回事", "咋回事", "懵", "懵了", "看不懂", "我看不懂", "没看懂",
)  # fmt: skip
_PUZZLED = re.compile(f" *(?:{'|'.join(map(re.escape, _PUZZLES))})[?! ]*")
_ENDS_PUZZLES = np.array(sorted({ord(puzzle[-1]) for puzzle in _PUZZLES} | {ord(" "), ord("!")}))
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
        self.use(own or Phrases())

    def use(self, own: Phrases) -> None:
        """Put other phrases of the operator's in force."""
        self._weights = weights = Weights(own)
        self._hints = Hints(weights.lexicon.phrases, weights.own + weights.harmless)

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
        hints, marks = self._hints.skim(lines, seen)
        text = _Text(lines, np.flatnonzero(marks & PHRASE).tolist())
        odd = np.flatnonzero(hints & ODD)
        if len(odd):
            self._unmask(text, odd, score)
        confusion = np.zeros(count, np.bool_)
        for row in _may_puzzle(lines, hints).tolist():
            confusion[row] = _PUZZLED.fullmatch(text[row]) is not None
        question = (hints & ASKED) != 0
        for row in np.flatnonzero((hints & (ASKS | ASKED)) == ASKS).tolist():
            question[row] = guards.asks(text[row])
        question &= ~confusion
        topic = np.full(count, NO_TOPIC, np.int8)
        if text.replaced:
            hints[list(text.replaced)] |= PHRASE | GUARDED  # what they hid was not skimmed
        near = self._near(score, hints, closely=closely)
        for row in near:
            guarded = bool(hints[row] & GUARDED)
            look = self._weights.look(text[row], text.places(row), guarded=guarded)
            score[row] += look.adds
            topic[row] = look.topic
        negative = score > self.threshold
        topic[~negative] = NO_TOPIC
        unnamed = negative & (topic < 0)
        if unnamed.any():
            topic[unnamed] = self._named(lines, seen, np.flatnonzero(unnamed), text)
        praise = ((hints & PRAISES) != 0) & (score < _PRAISE) & ~question
        return Reading(
            score,
            negative,
            topic,
            question,
            confusion,
            praise,
            copies.keys(lines),
        )

    def _near(self, score: Scores, hints: Hinted, *, closely: bool) -> list[int]:
        """The comments that a closer look may turn: no phrase, no lift; no guard, no fall."""
        if closely:
            near = score < self.threshold + _CERTAIN
        else:
            near = (score > self.threshold) & ((hints & GUARDED) != 0)
            near |= (score > self.threshold - MOST) & ((hints & PHRASE) != 0)
            near &= score < self.threshold + _CERTAIN
        near |= (hints & OWN) != 0
        return np.flatnonzero(near).tolist()

    def _unmask(self, text: _Text, odd: NDArray[np.intp], score: Scores) -> None:
        """Score odd comments again without their disguises; the worse score counts."""
        worn = "\n".join([text[row] for row in odd.tolist()])
        bare = unmask(worn)
        if bare == worn:
            return
        each = zip(odd.tolist(), worn.split("\n"), bare.split("\n"), strict=True)
        text.replaced = {row: now for row, before, now in each if now != before}
        rows = list(text.replaced)
        lines = fold(list(text.replaced.values()))
        score[rows] = np.maximum(score[rows], self.model.score(lines, features(lines)))

    def _named(
        self, lines: Lines, seen: Features, rows: NDArray[np.intp], text: _Text
    ) -> NDArray[np.int8]:
        """What complaints are about whose phrases do not tell, as the model sees it."""
        likely = self.model.topic_scores(lines, seen, rows)
        for index in [n for n, row in enumerate(rows.tolist()) if row in text.replaced]:
            bare = fold([text[int(rows[index])]])
            likely[index] = self.model.topic_scores(bare, features(bare), np.zeros(1, np.intp))
        sure = likely.max(axis=1)
        named = np.where(sure >= _SURE, likely.argmax(axis=1), OTHER).astype(np.int8)
        for index in np.flatnonzero(sure < _CLEAR).tolist():
            row = int(rows[index])
            places = text.places(row)
            if places is None or places:
                topic = self._weights.look(text[row], places).topic
                if topic not in (NO_TOPIC, OTHER):
                    named[index] = topic
        return named

    def explain(self, comment: str) -> Judgement:
        """Why a comment is read as it is."""
        reading = self.read([comment], closely=True)
        bare = unmask(fold([comment]).text[1:-1])
        line, shares = self.model.contributions(bare)
        look = self._weights.look(line)
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


class _Text:
    """The lines of a batch as strings, made when they are asked for."""

    def __init__(self, lines: Lines, marked: list[int]) -> None:
        """`marked` are the places where a phrase may begin."""
        self._marked = marked
        self.whole = lines.text
        self.starts = lines.starts.tolist()
        self.replaced: dict[int, str] = {}  # those that wore a disguise

    def __getitem__(self, row: int) -> str:
        if row in self.replaced:
            return self.replaced[row]
        return self.whole[self.starts[row] + 1 : self.starts[row + 1]]

    def places(self, row: int) -> list[int] | None:
        """Where phrases may begin in the comment; None where that is not known."""
        if row in self.replaced:
            return None
        start, end = self.starts[row] + 1, self.starts[row + 1]
        first = bisect_left(self._marked, start)
        return [place - start for place in self._marked[first : bisect_left(self._marked, end)]]


def _may_puzzle(lines: Lines, hints: Hinted) -> NDArray[np.intp]:
    """The comments that may say nothing but puzzlement, by their length and how they end."""
    rows = np.flatnonzero(hints & PUZZLES)
    ends = lines.starts[rows + 1]
    short = ends - lines.starts[rows] <= _LONGEST_PUZZLE + 1
    return rows[short & np.isin(lines.points[ends - 1], _ENDS_PUZZLES)]
