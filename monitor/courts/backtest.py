"""Two rule sets on one recording: which alerts appear, vanish or move, and by how much.

Both are asked by shards of their own over the same facts. Episodes of one alert (rule,
room, product) are the same one where they overlap, or stand at most `NEAR_S` apart:

    appears     only the new rules tell of it
    vanishes    only the old ones did
    moves       both do, but it fires or ends at another time, or its severity is another
    stays       both say the same
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import msgspec
from msgspec import Struct

from monitor.alerts.alert import Change
from monitor.durations import spell
from monitor.formats.decoder import Decoder
from monitor.frames import Batch, Frame
from monitor.replay import Replay, Tally
from monitor.shard import Shard

NEAR_S = 60.0

What = Literal["appears", "vanishes", "moves", "stays"]
WHATS: tuple[What, ...] = get_args(What)


class Episode(Struct):
    """An alert from its firing to its end; None: it fires still."""

    key: str
    rule: str
    room: str
    sku: str | None
    severity: str
    summary: str
    fired_at: float
    resolved_at: float | None = None


class Difference(Struct, frozen=True):
    """One episode by the new rules and by the old; one of them may be missing."""

    new: Episode | None
    old: Episode | None

    @property
    def episode(self) -> Episode:
        """The one there is."""
        found = self.new or self.old
        assert found is not None, "one of them is there"
        return found

    @property
    def what(self) -> What:
        if self.old is None:
            return "appears"
        if self.new is None:
            return "vanishes"
        same = (
            self.new.fired_at == self.old.fired_at
            and self.new.resolved_at == self.old.resolved_at
            and self.new.severity == self.old.severity
        )
        return "stays" if same else "moves"

    @property
    def fired_s(self) -> float:
        """By how much it fires later than it did; 0 where there is nothing to compare."""
        return self.new.fired_at - self.old.fired_at if self.new and self.old else 0.0

    @property
    def resolved_s(self) -> float | None:
        """By how much it ends later than it did; None where one of them does not end."""
        if self.new is None or self.old is None:
            return None
        if self.new.resolved_at is None or self.old.resolved_at is None:
            return None
        return self.new.resolved_at - self.old.resolved_at

    def line(self) -> bytes:
        """As one line of JSON; times are epoch seconds, null where there is none."""
        new, old = self.new, self.old
        return msgspec.json.encode(
            {
                "what": self.what,
                "rule": self.episode.rule,
                "room": self.episode.room,
                "sku": self.episode.sku,
                "fired_at": new.fired_at if new else None,
                "resolved_at": new.resolved_at if new else None,
                "severity": new.severity if new else None,
                "was_fired_at": old.fired_at if old else None,
                "was_resolved_at": old.resolved_at if old else None,
                "was_severity": old.severity if old else None,
                "fired_later_s": self.fired_s if new and old else None,
                "resolved_later_s": self.resolved_s,
            }
        )

    def told(self) -> str:
        """What moved, in words."""
        if self.new is None or self.old is None:
            ends = self.episode.resolved_at
            return "until the end" if ends is None else f"for {_span(ends - self.episode.fired_at)}"
        said = [f"fires {_later(self.fired_s)}"] if self.fired_s else []
        if self.resolved_s:
            said.append(f"ends {_later(self.resolved_s)}")
        elif self.new.resolved_at is None and self.old.resolved_at is not None:
            said.append("ends no more")
        elif self.new.resolved_at is not None and self.old.resolved_at is None:
            said.append("ends")
        if self.new.severity != self.old.severity:
            said.append(f"is {self.new.severity}, was {self.old.severity}")
        return ", ".join(said)


class Comparison(Struct, frozen=True):
    """What became of a recording, in the order of time."""

    differences: list[Difference]
    tally: Tally

    def count(self, what: What) -> int:
        return sum(1 for each in self.differences if each.what == what)


class _Pair:
    """Two shards with the face of one."""

    def __init__(self, new: Shard, old: Shard) -> None:
        self.new, self.old = new, old
        self.told: tuple[list[Change], list[Change]] = ([], [])

    def receive(self, items: Sequence[Batch], now: float) -> list[Change]:
        self.new.receive(items, now)
        return self.old.receive(items, now)

    def tick(self, now: float) -> list[Change]:
        self.told[0].extend(self.new.tick(now))
        self.told[1].extend(self.old.tick(now))
        return []

    def next_tick(self) -> float | None:
        return self.new.next_tick()


def compare(new: Shard, old: Shard, decoder: Decoder, frames: Iterable[Frame]) -> Comparison:
    """Play a recording to both."""
    pair = _Pair(new, old)
    player = Replay(pair, decoder)
    for _ in player.play(frames):
        pass
    return Comparison(differences(*map(episodes, pair.told)), player.tally)


def episodes(changes: Iterable[Change]) -> list[Episode]:
    """The episodes that changes tell of, in the order in which they fired."""
    found: list[Episode] = []
    running: dict[str, Episode] = {}
    for change in changes:
        if change.change == "fired":
            episode = running[change.key] = Episode(
                key=change.key,
                rule=change.rule,
                room=change.room,
                sku=change.sku,
                severity=change.severity,
                summary=change.summary,
                fired_at=change.at,
            )
            found.append(episode)
        elif change.change == "resolved" and change.key in running:
            running.pop(change.key).resolved_at = change.at
    return found


def differences(new: Sequence[Episode], old: Sequence[Episode]) -> list[Difference]:
    """Every episode of either, paired with the other's where it is the same one."""
    waiting: dict[str, list[Episode]] = {}
    for episode in old:
        waiting.setdefault(episode.key, []).append(episode)
    found = []
    for episode in new:
        others = waiting.get(episode.key, [])
        same = next((other for other in others if _apart(episode, other) <= NEAR_S), None)
        if same is not None:
            others.remove(same)
        found.append(Difference(episode, same))
    found += [Difference(None, episode) for others in waiting.values() for episode in others]
    return sorted(found, key=lambda each: (each.episode.fired_at, each.episode.key))


def _apart(one: Episode, other: Episode) -> float:
    """Seconds between two episodes; 0 where they overlap."""
    never = float("inf")
    one_ends = never if one.resolved_at is None else one.resolved_at
    other_ends = never if other.resolved_at is None else other.resolved_at
    return max(one.fired_at - other_ends, other.fired_at - one_ends, 0.0)


def _later(seconds: float) -> str:
    return f"{_span(abs(seconds))} {'later' if seconds > 0 else 'earlier'}"


def _span(seconds: float) -> str:
    return spell(round(seconds, 3))
