"""What every table of config/*.toml has in common: its fields are all known, and do not change."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from msgspec import Struct


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
