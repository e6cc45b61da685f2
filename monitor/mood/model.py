"""The trained model: how much each character, pair and triple speaks for a complaint.

    score = step × Σ weights ÷ √(how many) + bias

The weights are int8, beside a second, smaller table that tells what a complaint is about.
`roomwatch mood train` makes them (monitor/training.py); what they were made of, and what
they are worth, stands in model_card.md.
"""

from __future__ import annotations

import io
from importlib import resources

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from monitor.mood.features import BITS, Features, counts, features
from monitor.mood.normalise import Lines, fold

TOPICS = ("quality", "price", "logistics", "aftersale", "host", "stream", "compliance", "other")
TOPIC_BITS = 13
_TOPIC_SHIFT = np.uint32(BITS - TOPIC_BITS)

Scores = NDArray[np.float32]


class Scale(Struct, frozen=True):
    """What turns sums of int8 into scores."""

    step: float
    bias: float
    threshold: float  # a comment scored above it complains
    topic_step: float


class Model:
    """Scores comments, and names what complaints are about."""

    def __init__(self, weights: NDArray[np.int8], topics: NDArray[np.int8], scale: Scale) -> None:
        """`weights` of shape (2^18,), `topics` of shape (2^13, topics)."""
        self.weights = weights
        self.topics = topics
        self.scale = scale
        self._wide = topics.astype(np.int16)

    def score(self, lines: Lines, seen: Features) -> Scores:
        """A score for each comment of a batch."""
        places = self.weights.take(seen.singles[:-1]).astype(np.int16)
        places += self.weights.take(seen.pairs)
        triples = self.weights.take(seen.triples)
        triples *= seen.whole
        places[:-1] += triples
        sums = np.add.reduceat(places, lines.starts[:-1], dtype=np.int32)
        scale = self.scale
        return (sums * scale.step / np.sqrt(counts(lines)) + scale.bias).astype(np.float32)

    def contributions(self, text: str) -> tuple[str, Scores]:
        """The folded text, and what each of its characters adds to the score.

        A pair gives each of its characters half, a triple a third; what begins or ends
        the comment goes to the character there.
        """
        lines = fold([text])
        seen = features(lines)
        size = len(lines.points)
        shares = np.zeros(size)
        shares += self.weights[seen.singles]
        shares[-1] = 0.0  # the break that ends it has no single of its own
        for offset in range(2):
            shares[offset : size - 1 + offset] += self.weights[seen.pairs] / 2
        whole = self.weights[seen.triples] * seen.whole
        for offset in range(3):
            shares[offset : size - 2 + offset] += whole / 3
        inner = shares[1:-1].copy()
        if len(inner):
            inner[0] += shares[0]
            inner[-1] += shares[-1]
        inner *= self.scale.step / np.sqrt(counts(lines)[0])
        return lines.text[1:-1], inner.astype(np.float32)

    def topic_scores(self, lines: Lines, seen: Features, rows: NDArray[np.intp]) -> Scores:
        """How well each topic explains each of these comments of a batch, as probabilities.

        Shape (rows, topics).
        """
        begin = lines.starts[rows]
        sizes = lines.starts[rows + 1] - begin
        first = np.cumsum(sizes) - sizes
        at = np.arange(int(sizes.sum())) + np.repeat(begin - first, sizes)
        places = self._wide.take(seen.singles.take(at) >> _TOPIC_SHIFT, axis=0)
        places += self._wide.take(seen.pairs.take(at) >> _TOPIC_SHIFT, axis=0)
        triples = self._wide.take(seen.triples.take(at, mode="clip") >> _TOPIC_SHIFT, axis=0)
        whole = seen.whole.take(at, mode="clip")
        whole[first + sizes - 1] = False  # it reaches into the next comment
        triples *= whole[:, None]
        places += triples
        sums = np.add.reduceat(places, first, axis=0, dtype=np.int32)
        scores = sums * self.scale.topic_step / np.sqrt(3 * sizes - 1)[:, None]
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        return (likely / likely.sum(axis=1, keepdims=True)).astype(np.float32)

    def packed(self) -> bytes:
        """The model as an .npz file; the same model is always the same bytes."""
        file = io.BytesIO()
        scale = np.frombuffer(msgspec.json.encode(self.scale), np.uint8)
        np.savez_compressed(file, weights=self.weights, topics=self.topics, scale=scale)
        return file.getvalue()


def unpack(data: bytes) -> Model:
    """The model of an .npz file."""
    with np.load(io.BytesIO(data)) as arrays:
        scale = msgspec.json.decode(arrays["scale"].tobytes(), type=Scale)
        return Model(arrays["weights"], arrays["topics"], scale)


def load() -> Model:
    """The model that is shipped."""
    return unpack(resources.files("monitor.mood").joinpath("weights.npz").read_bytes())
