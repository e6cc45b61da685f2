"""Which comments complain, about what, and which ask; a batch at a time.

A first model: a comment complains when it holds a phrase of the lexicon that no
guard takes back. The score has the scale of a logit, so that a trained model can
take its place behind the same face:

    -1.5  to begin with
    +2.2  the first phrase that stands, +0.6 each further one
    -1.2  each phrase that is denied
    -2.5  only asked about      -2.5  only quoted

What a host or moderator writes MUST be left out by the caller: hosts read
complaints aloud.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, groupby

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from monitor.mood import guards
from monitor.mood.lexicon import TOPICS, Found, Lexicon, load
from monitor.mood.normalise import plain

__all__ = ["THRESHOLD", "TOPICS", "Mood", "Reading"]

THRESHOLD = 0.0
NO_TOPIC = -1
_OTHER = TOPICS.index("other")
_QUIET = -1.5
_GAP = "\ufffc"  # stands for the phrase when its clause is asked what else it says

_PUZZLED = re.compile(
    r" *(?:\?|(?:啊|哈|嗯|蛤|嘎|what)\?|(?:啥|啥啊|啥情况|啥意思|什么情况|什么意思|什么鬼)"
    r"|(?:怎么回事|咋回事|懵|懵了|我?看不懂|没看懂))[?! ]*"
)
_MOST_PHRASES = 8  # of a comment; more say nothing new


class Reading(Struct, frozen=True):
    """What a batch of comments says; each array is as long as the batch."""

    score: NDArray[np.float32]  # like a logit; above THRESHOLD it complains
    negative: NDArray[np.bool_]
    topic: NDArray[np.int8]  # index into TOPICS; -1 where it does not complain
    question: NDArray[np.bool_]  # asks for an answer
    confusion: NDArray[np.bool_]  # nothing but puzzlement: "???", "啥情况"


class Mood:
    """Reads comments. The same comment is always read alike, whatever stands beside it."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon if lexicon is not None else load()

    def read(self, texts: Sequence[str]) -> Reading:
        """Read a batch."""
        count = len(texts)
        score = np.full(count, _QUIET, np.float32)
        topic = np.full(count, NO_TOPIC, np.int8)
        if not count:
            empty = np.zeros(0, np.bool_)
            return Reading(score, empty, topic, empty, empty)
        text = plain(texts)
        lines = text.split("\n")
        confusion = np.array([_PUZZLED.fullmatch(line) is not None for line in lines])
        question = np.array([guards.asks(line) for line in lines]) & ~confusion
        starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        found = self._lexicon.find(text)
        for row, phrases in groupby(found, lambda each: bisect_right(starts, each.start) - 1):
            score[row], topic[row] = _weigh(lines[row], starts[row], list(phrases))
        negative = score > THRESHOLD
        topic[~negative] = NO_TOPIC
        return Reading(score, negative, topic, question, confusion)


def _weigh(line: str, offset: int, phrases: list[Found]) -> tuple[float, int]:
    """The score of a comment with phrases in it, and what most of them are about."""
    score = _QUIET
    votes = [0] * len(TOPICS)
    asked = False
    for found in phrases[:_MOST_PHRASES]:
        start, end, topic = found.start - offset, found.end - offset, found.topic
        if guards.denied(line, start):
            score -= 1.2
            continue
        first, last = guards.clause(line, start, end)
        words = line[first:last]
        if guards.asks(line[start:end]):  # "几天了" asks nothing; what stands around it may
            words = line[first:start] + _GAP + line[end:last]
        asked = asked or (guards.asks(words) and not guards.urges(line[first:last]))
        score += 0.6 if any(votes) else 2.2
        votes[topic] += 1 if topic == _OTHER else 1000 + end - start  # what names a matter outvotes
    if asked:
        score -= 2.5
    if any(votes) and guards.quotes(line):
        score -= 2.5
    return score, votes.index(max(votes))
