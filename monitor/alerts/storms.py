"""Makes one digest of many notices of the same rule, and of what follows for a while.

For each rule, kind of change and channel:

    calm     up to `over` changes in a tick are told one by one; more are one digest, and a storm
    storm    changes are held and told as one digest every `every_s`; calm again once few were held
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from monitor.alerts.alert import Change, Notice, notice_id

Held = tuple[str, str, str, list[Change]]  # rule, kind of change, channel, changes


class _Storm(Struct):
    due_at: float
    held: dict[str, Change] = field(default_factory=dict)  # by key|episode


class Storms:
    """Which rules storm on which channel."""

    def __init__(self, over: int, every_s: float) -> None:
        self.over = over
        self.every_s = every_s
        self.collapsed = 0  # held and resolved before anybody was told
        self._storms: dict[tuple[str, str, str], _Storm] = {}

    def sift(self, notices: Iterable[Notice], now: float) -> tuple[list[Notice], list[Held]]:
        """Split notices into those that pass and digests to make of the others."""
        bundles: dict[tuple[str, str, str], list[Change]] = {}
        notices = list(notices)
        for notice in notices:
            if notice.covers:
                continue
            for change in (notice.change, *notice.also):
                bundles.setdefault((change.rule, change.change, notice.channel), []).append(change)
        digests: list[Held] = []
        taken: set[tuple[str, str, str]] = set()  # channel, key|episode, kind
        for bundle, changes in bundles.items():
            storm = self._storms.get(bundle)
            if storm is None and len(changes) <= self.over:
                continue
            taken.update((bundle[2], change.told_as, bundle[1]) for change in changes)
            if storm is None:
                self._storms[bundle] = _Storm(now + self.every_s)
                digests.append((*bundle, changes))
            else:
                storm.held.update((change.told_as, change) for change in changes)
        return _without(notices, taken), digests

    def due(self, now: float) -> list[Held]:
        """Storms whose time is up: what they held. One that held nothing is over."""
        due: list[Held] = []
        for bundle, storm in list(self._storms.items()):
            if storm.due_at <= now:
                del self._storms[bundle]
                if storm.held:
                    due.append((*bundle, list(storm.held.values())))
        return due

    def told(self, rule: str, kind: str, channel: str, now: float) -> None:
        """A digest was made of what was held: the storm goes on."""
        self._storms[(rule, kind, channel)] = _Storm(now + self.every_s)

    def forget(self, resolved: Change, channel: str) -> bool:
        """Whether it is held as fired here: then nobody was told, and nobody will be."""
        storm = self._storms.get((resolved.rule, "fired", channel))
        if storm is None or storm.held.pop(resolved.told_as, None) is None:
            return False
        self.collapsed += 1
        return True

    def waiting(self) -> list[Change]:
        """Every change that is held, once."""
        held: dict[tuple[str, str], Change] = {}
        for storm in self._storms.values():
            for told_as, change in storm.held.items():
                held[(told_as, change.change)] = change
        return list(held.values())

    def next_due(self) -> float | None:
        return min((storm.due_at for storm in self._storms.values()), default=None)


def _without(notices: list[Notice], taken: set[tuple[str, str, str]]) -> list[Notice]:
    """The notices, less the changes that a digest tells of."""
    kept: list[Notice] = []
    for notice in notices:
        left = [
            change
            for change in (notice.change, *notice.also)
            if notice.covers or (notice.channel, change.told_as, change.change) not in taken
        ]
        if len(left) == 1 + len(notice.also):
            kept.append(notice)
        elif left:
            kept.append(
                replace(
                    notice,
                    id=notice_id(left[0], notice.channel),
                    change=left[0],
                    also=tuple(left[1:]),
                )
            )
    return kept
