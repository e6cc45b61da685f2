"""What every table of config/*.toml has in common: its fields are all known, and do not change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from monitor.errors import ConfigError
from monitor.shapes import Path

T = TypeVar("T")
Found = Iterator[tuple[Path, str]]  # where in the file, and what is wrong there


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file."""


def check_timezone(field: str, name: str) -> None:
    """Raises ValueError where there is no such timezone; no name is fine."""
    try:
        if name:
            ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not there, a folder, or not even a name
        raise ValueError(
            f"`{field}` is `{name}`, which is no timezone — write for example `Asia/Shanghai`"
        ) from None


def repeated(names: Iterable[str]) -> dict[int, int]:
    """Which items have a name that was there before: index → index of the first."""
    first: dict[str, int] = {}
    return {
        index: first[name]
        for index, name in enumerate(names)
        if first.setdefault(name, index) != index
    }


def repeated_names(table: str, key: str, names: Sequence[str]) -> Found:
    """Items of a table that have a name another has."""
    for index in repeated(names):
        yield (table, index, key), f"`{names[index]}` is there twice — use another {key}"


def unbuildable(table: str, leaves: Sequence[T], build: Callable[[T], Any]) -> Found:
    """Leaves that say no to their own settings: a secret that is not there, a bad address."""
    for index, leaf in enumerate(leaves):
        try:
            build(leaf)
        except ConfigError as error:
            name = getattr(leaf, "name", "")  # is told with the place, once
            for mistake in error.mistakes:
                what = mistake.removeprefix(f"channel {name}: ").removeprefix(f"{name}.")
                yield (table, index), what
