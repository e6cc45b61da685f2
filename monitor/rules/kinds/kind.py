"""The contract of a kind of rule, and what the rules of every kind have.

A kind owns its settings (a Struct that people write in YAML) and an asker, which is
asked once a tick over all rows at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal, Protocol, runtime_checkable

import numpy as np
from msgspec import Meta, Struct, field
from numpy.typing import NDArray

from monitor.events import Fact
from monitor.patterns import Pattern
from monitor.rules.columns import ENUMS
from monitor.rules.expression import Truth
from monitor.rules.lowering import Lowering, Operand, Side
from monitor.rules.scopes import Columns
from monitor.signals.rooms import Floats

__all__ = [
    "WORST_FIRST", "Asker", "Asking", "Columns", "Flags", "Learning", "Levelled", "Lowered",
    "Lowering", "Operand", "Rule", "Severity", "Side", "Value", "known", "read",
]  # fmt: skip

Span = Annotated[str, Meta(examples=["30s"])]
Asked = Annotated[str, Meta(examples=["online > 100"])]
Figure = Annotated[str, Meta(examples=["comments_10s"])]
Severity = Literal["critical", "warning", "notice", "info", "data_lost"]
WORST_FIRST: tuple[Severity, ...] = ("critical", "data_lost", "warning", "notice", "info")
Flags = NDArray[np.bool_]
Value = float | str | None
WORDS = {name: {code: word for word, code in codes.items()} for name, codes in ENUMS.items()}


class Flapping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An alert that fires `times` times `within` a span goes on until `calm` for so long."""

    times: Annotated[int, Meta(ge=2, le=100)] = 4
    within: Span = "5m"
    calm: Span = "2m"


class Realert(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Told again while nobody acknowledges it: after `every`, then `factor` times as long."""

    every: Span = "60s"
    factor: Annotated[float, Meta(ge=1, le=10)] = 2.0
    cap: Span = "5m"


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every rule has. Durations are written like `30s` or `1h30m`."""

    id: str
    scope: Literal["room", "product", "segment", "platform", "all"] = "room"
    params: dict[str, float | str] = {}  # numbers and spans that the config may override
    only_when: Asked | None = None  # asked of nobody else: "live and online > 100"
    off_air: bool = False  # asked of rooms that are not live, too
    clear: Asked | None = None  # a firing alert ends when this is true; default: not `when`
    for_: Span = field(default="0s", name="for")
    keep_for: Span | None = None  # stay firing this long after it held last
    keep: Span | None = None  # the same in short
    missing: Literal["hold", "ok", "alert"] = "hold"
    missing_for: Span = "10s"  # with `missing: alert`: how long unknown before it is told
    severity: Severity = "warning"
    ttl: Span = "60s"
    role: str = ""
    action: str = ""
    playbook: str = ""
    summary: str = ""
    notify: tuple[str, ...] = ()
    act: tuple[str, ...] = ()  # names of [[actions]] in the config, done when it fires
    inhibits: tuple[Pattern, ...] = ()  # rules that tell nobody in the room while this one fires
    inhibited_by: tuple[Pattern, ...] = ()  # the same, from the other side
    flap: Flapping | None = None
    realert: Realert | None = None

    @classmethod
    def columns(cls) -> Sequence[str]:
        """Columns that this kind gives to `when`, `clear` and `summary` beside the metrics."""
        return ()

    @classmethod
    def kept(cls) -> str:
        """What `keep` is where nobody writes it."""
        return "0s"

    @classmethod
    def names(cls) -> Sequence[str]:
        """Values that this kind gives to `summary` alone."""
        return ()

    def facts(self) -> Sequence[type[Fact]]:
        """The kinds of facts that it must see one by one."""
        return ()

    def told(self) -> Sequence[str]:
        """Values that this very rule gives to `summary`."""
        return self.names()


class Asker(Protocol):
    """A compiled rule. It is `Asking` or `Lowered`.

    `values` tells the figures of one row, for people.
    """

    @property
    def used(self) -> Sequence[str]:
        """The columns it reads."""
        ...

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        """The columns and, beside them, those of the kind, as they were asked last."""
        ...

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]: ...

    def forget(self, rows: Iterable[int]) -> None:
        """These rows are of other rooms (or products) from now on: nothing is remembered."""
        ...


@runtime_checkable
class Asking(Asker, Protocol):
    """It answers by itself.

    `ask` MUST return two arrays of `columns.rows` flags: where the condition is known
    to hold and where it is known not to. It MUST be called once a tick, in order of
    time: an asker may remember. `firing` tells in which rows its alert fires (or is
    recovering) until now.
    """

    def ask(self, columns: Columns, now: float, firing: Flags) -> Truth: ...


@runtime_checkable
class Lowered(Asker, Protocol):
    """Its answer is a condition like any other, worked out beside those of other rules.

    `lower` gives where it holds and where it fails; what it remembers is read as a leaf.
    """

    def lower(self, lowering: Lowering) -> tuple[Side, Side]: ...

    def given(self, lowering: Lowering) -> Mapping[str, Operand]:
        """The columns of the kind, which `clear` may name."""
        ...


@runtime_checkable
class Learning(Lowered, Protocol):
    """One that remembers: `learn` MUST be called once a tick, before it is asked."""

    def learn(self, columns: Columns, now: float, firing: Flags) -> None: ...


class Levelled(Protocol):
    """An asker whose alerts may be of several severities, the least of them first.

    `levels` tells which of them it is in each row, as it was asked last.
    """

    severities: Sequence[Severity]

    def levels(self, columns: Columns) -> NDArray[np.int8]: ...


def known(value: float) -> float | None:
    """NaN is nothing people need to read about."""
    return None if math.isnan(value) else float(value)


def read(columns: Columns, names: Sequence[str], row: int) -> dict[str, Value]:
    """The values of columns in one row; of an enumeration, its word."""
    return {name.partition("@")[0]: _told(name, columns[name][row]) for name in names}


def _told(name: str, value: float) -> Value:
    return WORDS[name].get(float(value)) if name in WORDS else known(value)
