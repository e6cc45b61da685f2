"""stale: a feed has gone silent, longer than the room's own pace explains.

    feeds: [any, comments]     any one of them is enough
    after: 20s                 and so long at least, or the name of a parameter
    expected: 30               and as many messages missing, by the usual pace

Of a feed that was never heard nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from monitor.rules.conditions import Compiler, ProblemError
from monitor.rules.kinds.kind import (
    Columns,
    Lowering,
    Operand,
    Rule,
    Side,
    Span,
    Value,
    known,
)
from monitor.shapes import suggest
from monitor.signals.freshness import FEEDS
from monitor.signals.rooms import Floats


class Stale(Rule, frozen=True, kw_only=True, tag="stale"):
    """Holds where a feed is silent; never known where it was never heard."""

    feeds: tuple[str, ...] = ("any",)
    after: Span = "20s"
    expected: float = 30.0

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return ("feed", "age_s", "missed")


def _columns(feed: str) -> tuple[str, str]:
    suffix = "" if feed == "any" else f"_{feed}"
    return f"feed_age_s{suffix}", f"feed_missed{suffix}"


class StaleAsker:
    def __init__(self, rule: Stale, compiler: Compiler) -> None:
        for index, feed in enumerate(rule.feeds):
            if feed not in FEEDS:
                raise ProblemError(
                    ("feeds", index), f"unknown feed `{feed}` — {suggest(feed, FEEDS)}"
                )
        self._feeds = rule.feeds
        self._pairs = [_columns(feed) for feed in rule.feeds]
        self._after = compiler.seconds("after", rule.after)
        self._expected = rule.expected
        given = (self._after,) if isinstance(self._after, str) else ()
        self.used = (*(name for pair in self._pairs for name in pair), *given)

    def lower(self, lowering: Lowering) -> tuple[Side, Side]:
        after = (
            lowering.column(self._after)
            if isinstance(self._after, str)
            else lowering.constant(self._after)
        )
        silent: list[Side] = []
        fresh: list[Side] = []
        for age, missed in self._pairs:
            since = lowering.column(age)
            long = lowering.asked("greater_equal", since, after)
            lost = lowering.masked(long, lowering.column(missed))
            silent.append(lowering.asked("greater_equal", lost, lowering.constant(self._expected)))
            fresh.append(lowering.both(lowering.known(since), lowering.opposite(silent[-1])))
        holds = lowering.either(*silent)
        return holds, lowering.both(lowering.either(*fresh), lowering.opposite(holds))

    def given(self, lowering: Lowering) -> Mapping[str, Operand]:
        return {}

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        return columns

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]:
        oldest = max(
            range(len(self._pairs)),
            key=lambda index: np.nan_to_num(columns[self._pairs[index][1]][row]),
        )
        age, missed = self._pairs[oldest]
        return {
            "feed": self._feeds[oldest],
            "age_s": known(columns[age][row]),
            "missed": known(columns[missed][row]),
        }

    def forget(self, rows: Iterable[int]) -> None:
        """It remembers nothing."""
