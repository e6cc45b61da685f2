"""absence: something has not come for a while, where it should.

    of: order_paid                a fact, or a figure that only rises (`units_session`)
    after: 3m                     a span, or the name of a parameter
    where: segment == "hook"      of facts of state: only these count
    only_when: live and online > 500

Its clock runs while `only_when` holds, from when that began or from when something came
last. It stands while that, or the figure, is unknown, and begins anew where it fails: a
feed that nobody has heard yet is no feed that fell silent.
After a restart nobody knows what came before: until something is heard, or `after` has
passed once more, the answer is unknown. `silent_s` is how long it has been.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from monitor.events import KINDS, Fact
from monitor.rules.conditions import Compiler, ProblemError
from monitor.rules.expression import Condition, Truth
from monitor.rules.expression import Value as Number
from monitor.rules.facts import FactKind
from monitor.rules.kinds.kind import Asked, Columns, Flags, Rule, Span, Value, known, read
from monitor.shapes import suggest
from monitor.signals.rooms import Floats

RISES = {  # figures that rise with each fact that is only counted
    "comment": "comments", "like": "likes", "share": "shares", "follow": "follows",
    "fan_join": "fan_joins", "gift": "gifts", "enter": "enters", "leave": "leaves",
    "impressions": "impressions", "product_shown": "product_shown", "product_clicked": "clicks",
    "product_carted": "carts", "order_created": "orders", "order_paid": "paid",
    "order_cancelled": "cancelled", "order_refunded": "refunds",
}  # fmt: skip
OF_PRODUCTS = {
    "product_shown": "product_cards", "product_clicked": "product_clicks",
    "product_carted": "product_carts", "order_created": "product_orders",
    "order_paid": "product_paid", "order_refunded": "product_refunds",
}  # fmt: skip


class Absence(Rule, frozen=True, kw_only=True, tag="absence"):
    """Holds where `of` has not come for `after`."""

    of: str
    after: Span
    where: Asked | None = None

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return ("silent_s",)

    def facts(self) -> tuple[type[Fact], ...]:
        return (KINDS[self.of],) if self.of in KINDS else ()


class AbsenceAsker:
    def __init__(self, rule: Absence, compiler: Compiler) -> None:
        self._fact = FactKind(rule.of, ("of",)) if rule.of in KINDS else None
        self._figure: Number | None = None
        if self._fact is None or self._fact.counted:
            self._figure = compiler.value("of", _figure(rule, compiler))
            self._fact = None
        if rule.where is not None and self._fact is None:
            raise ProblemError(("where",), "only facts of state are looked at — leave it out")
        if self._fact is not None and rule.scope != "room":
            what = f"`{rule.of}` is one of a room — write `scope: room`"
            raise ProblemError(("scope",), what)
        self._where: Condition | None = None
        if self._fact is not None and rule.where is not None:
            self._where = self._fact.condition("where", rule.where, compiler.given)
        self._after = compiler.seconds("after", rule.after)
        self._only_when: Condition | None = None
        if rule.only_when is not None:
            self._only_when = compiler.condition("only_when", rule.only_when)
        self._asked_at: float | None = None
        self._since = np.full(0, np.nan)  # since when nothing came
        self._last = np.full(0, np.nan)  # the figure, as it was known last
        self._heard = np.zeros(0, bool)  # whether anything came since we know the row
        after = (self._after,) if isinstance(self._after, str) else ()
        self.used = (*(self._figure.names if self._figure else ()), *after)

    def ask(self, columns: Columns, now: float, firing: Flags) -> Truth:
        self._grow(columns.rows, now)
        since, heard = self._since[: columns.rows], self._heard[: columns.rows]
        elapsed = 0.0 if self._asked_at is None else now - self._asked_at
        self._asked_at = now
        came, told = self._came(columns)
        anew = came.copy()
        if self._only_when is not None:
            asked = self._only_when.evaluate(columns)
            anew |= asked.fails
            told &= asked.holds | asked.fails
        since[~told] += elapsed
        since[anew | np.isnan(since)] = now
        heard |= anew
        over = told & (now - since >= self._limit(columns))
        return Truth(over, told & ~over & (heard | ~firing))

    def _limit(self, columns: Columns) -> Floats | float:
        return columns[self._after] if isinstance(self._after, str) else self._after

    def _came(self, columns: Columns) -> tuple[Flags, Flags]:
        """Where something came since the last tick, and where that is known."""
        rows = columns.rows
        came, told = np.zeros(rows, bool), np.ones(rows, bool)
        if self._figure is not None:
            value, last = self._figure.evaluate(columns), self._last[:rows]
            told = ~np.isnan(value)
            came = told & (value != last)
            np.copyto(last, value, where=told)
            return came, told
        assert self._fact is not None, "it is one or the other"
        found = columns.tables.happened.of(self._fact.kind)
        if found and self._where is not None:
            facts = [fact for _, fact in found]
            names = self._where.names
            given = {
                name: columns[name][np.array([row for row, _ in found])]
                for name in names
                if "@" in name
            }
            told_of = {**self._fact.columns(facts, names), **given}
            holds = self._where.evaluate(told_of).holds.tolist()
            found = [each for each, asked in zip(found, holds, strict=True) if asked]
        for row, _ in found:
            came[row] = True
        return came, told

    def _grow(self, rows: int, now: float) -> None:
        more = rows - len(self._since)
        if more > 0:
            more = max(more, len(self._since))
            self._since = np.pad(self._since, (0, more), constant_values=np.nan)
            self._last = np.pad(self._last, (0, more), constant_values=np.nan)
            self._heard = np.pad(self._heard, (0, more))

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        return columns

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]:
        silent_s = known((self._asked_at or 0.0) - self._since[row])
        return {**read(columns, self.used, row), "silent_s": silent_s}

    def forget(self, rows: Iterable[int]) -> None:
        rows = [row for row in rows if row < len(self._since)]
        self._since[rows] = self._last[rows] = np.nan
        self._heard[rows] = False


def _figure(rule: Absence, compiler: Compiler) -> str:
    """The figure that rises with what the rule waits for."""
    if rule.of not in KINDS:
        known_names = {*compiler.names, *compiler.given.params, *KINDS}
        if rule.of.isidentifier() and rule.of not in known_names:
            what = f"unknown fact or figure `{rule.of}` — {suggest(rule.of, known_names)}"
            raise ProblemError(("of",), what)
        return rule.of
    names = OF_PRODUCTS if rule.scope == "product" else RISES
    if rule.of not in names:
        what = f"nothing rises with `{rule.of}` there — write a figure, as `units_session`"
        raise ProblemError(("of",), what)
    return f"{names[rule.of]}_session"
