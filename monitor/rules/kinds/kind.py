"""The contract of a kind of rule, and what the rules of every kind have.

A kind owns its settings (a Struct that people write in YAML) and an asker, which is
asked once a tick over all rows at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct, field

from monitor.rules.columns import ProductColumns, RoomColumns
from monitor.rules.expression import Truth
from monitor.signals.rooms import Floats

Columns = RoomColumns | ProductColumns
Value = float | str | None


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every rule has. Durations are written like `30s` or `1h30m`."""

    id: str
    scope: Literal["room", "product"] = "room"
    only_when: str | None = None  # asked of nobody else: "live and online > 100"
    clear: str | None = None  # a firing alert ends when this is true; default: not `when`
    for_: str = field(default="0s", name="for")
    keep_for: str | None = None  # stay firing this long after it held last
    keep: str | None = None  # the same in short
    missing: Literal["hold", "ok"] = "hold"
    severity: Literal["critical", "warning", "notice", "info", "data_lost"] = "warning"
    ttl: str = "60s"
    role: str = ""
    action: str = ""
    playbook: str = ""
    summary: str = ""
    notify: tuple[str, ...] = ()

    @classmethod
    def columns(cls) -> Sequence[str]:
        """Columns that this kind gives to `when`, `clear` and `summary` beside the metrics."""
        return ()

    @classmethod
    def names(cls) -> Sequence[str]:
        """Values that this kind gives to `summary` alone."""
        return ()


class Asker(Protocol):
    """A compiled rule.

    `ask` MUST return two arrays of `columns.rows` flags: where the condition is known
    to hold and where it is known not to. It MUST be called once a tick, in order of
    time: an asker may remember. `values` tells the figures of one row, for people.
    """

    @property
    def used(self) -> Sequence[str]:
        """The columns it reads."""
        ...

    def ask(self, columns: Columns, now: float) -> Truth: ...

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        """The columns and, beside them, those of the kind, as they were asked last."""
        ...

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]: ...

    def forget(self, rows: Iterable[int]) -> None:
        """These rows are of other rooms (or products) from now on: nothing is remembered."""
        ...


def known(value: float) -> float | None:
    """NaN is nothing people need to read about."""
    return None if math.isnan(value) else float(value)


def read(columns: Columns, names: Sequence[str], row: int) -> dict[str, Value]:
    """The values of columns in one row."""
    return {name: known(columns[name][row]) for name in names}
