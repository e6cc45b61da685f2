"""How many comments a second are read, on one core, in batches of several sizes.

Comments are drawn from our own seeds and from what viewers of a demo write: one in seven
complains, as in a room in trouble. That the quick way loses nothing is measured beside
it: of what a close look at every comment flags, the share that is flagged without.
"""

from __future__ import annotations

import random
import statistics

from monitor.clock import steady
from monitor.mood.mood import Mood
from monitor.mood.seeds.grammar import seeds

COMMENTS = 100_000
GATES = {16: 90_000, 256: 400_000}
RUNS = 3


def comments(count: int, seed: int) -> list[str]:
    """A mix of comments; the same seed is the same mix."""
    dice = random.Random(seed)
    own = seeds()
    kinds = {"neg": 0.14, "question": 0.16, "order": 0.25, "chat": 0.3, "praise": 0.1}
    by_kind: dict[str, list[str]] = {}
    for each in own:
        by_kind.setdefault("neg" if each.label == "neg" else each.about, []).append(each.text)
    names = [*kinds, "mention"]
    weights = [*kinds.values(), 1.0 - sum(kinds.values())]
    return [dice.choice(by_kind[kind]) for kind in dice.choices(names, weights, k=count)]


def report(count: int = COMMENTS, seed: int = 7) -> bool:
    """Print a table; whether every gate holds."""
    begun = steady()
    mood = Mood()
    print(f"loaded in {(steady() - begun) * 1000:.0f} ms")
    texts = comments(count, seed)
    letters = statistics.mean(map(len, texts))
    flagged = mood.read(texts).negative
    print(f"{count:,} comments of {letters:.1f} letters, {flagged.mean():.0%} complain")
    good = True
    for batch in (1, 16, 256, 1_024, 4_096):
        part = texts[: count // 20] if batch == 1 else texts
        speed = max(_speed(mood, part, batch) for _ in range(RUNS))
        gate = GATES.get(batch, 0)
        good &= speed >= gate
        print(f"batch {batch:>5}  {speed:>11,.0f} /s" + (f"  gate {gate:,}" if gate else ""))
    closely = mood.read(texts, closely=True).negative
    kept = int((flagged & closely).sum()) / max(int(closely.sum()), 1)
    print(f"of what a close look at all of them flags, {kept:.2%} is flagged")
    return good and kept >= 0.995


def _speed(mood: Mood, texts: list[str], batch: int) -> float:
    begun = steady()
    for first in range(0, len(texts), batch):
        mood.read(texts[first : first + batch])
    return len(texts) / (steady() - begun)
