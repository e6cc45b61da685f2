"""Decides which channels are told of a change, and says why.

Routes are read from top to bottom; the first that matches decides, unless it says
`go_on`. A field left empty matches everything, names may hold `*`. What the rule
itself asks for (`notify`) goes before all routes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec import Struct

from monitor.alerts.alert import Change, Severity
from monitor.errors import ConfigError
from monitor.patterns import matches

SCREEN = "screen"  # the control room shows every alert anyway, so it is no channel


class RoomTag(Struct, frozen=True):
    """What is known of a room beside its id."""

    name: str = ""
    platform: str = ""
    tier: str = ""
    live: bool | None = None  # None: nobody knows
    paused: bool = False
    session: str | None = None  # as facts name it


Describe = Callable[[str], RoomTag]


class Route(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes that match every field given go to `channels`."""

    name: str
    channels: tuple[str, ...]
    severities: tuple[Severity, ...] = ()
    rooms: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    go_on: bool = False

    def matches(self, change: Change, platform: str) -> bool:
        return (
            (not self.severities or change.severity in self.severities)
            and _any(self.rooms, change.room)
            and _any(self.platforms, platform)
            and _any(self.rules, change.rule)
            and _any(self.roles, change.role)
        )


class Routes:
    """The table of routes. `default` is told where no route matches."""

    def __init__(
        self,
        routes: Iterable[Route] = (),
        *,
        channels: Collection[str],
        default: Sequence[str] = (),
    ) -> None:
        """Raises ConfigError where a route names a channel that is not there."""
        self._routes = tuple(routes)
        self._known = frozenset(channels)
        self._default = tuple(default)
        mistakes = [
            f"route {route.name}: unknown channel `{name}` — write one of"
            f" {', '.join(sorted(self._known)) or 'none: add a channel first'}"
            for route in (*self._routes, Route(name="default", channels=self._default))
            for name in self.unknown(route.channels)
        ]
        if mistakes:
            raise ConfigError(*mistakes)

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Which of these names (a rule's `notify`) are no channels."""
        return [name for name in names if name not in self._known and name != SCREEN]

    def channels(self, change: Change, tag: RoomTag) -> dict[str, str]:
        """The channels to tell, each with the reason. Empty: only the screen shows it."""
        if change.notify:
            known = [name for name in change.notify if name in self._known]
            if known or not self.unknown(change.notify):
                return dict.fromkeys(known, f"rule {change.rule} asks for it")
            # its channels are gone: better told by the routes than not at all
        told: dict[str, str] = {}
        for route in self._routes:
            if route.matches(change, tag.platform):
                for name in route.channels:
                    told.setdefault(name, f"route {route.name}")
                if not route.go_on:
                    break
        else:
            if not told:
                told = dict.fromkeys(self._default, "no route matches")
        told.pop(SCREEN, None)
        return told


def _any(patterns: Sequence[str], name: str) -> bool:
    return not patterns or matches(patterns, name)
