"""What is of no room, where the rooms are with workers: rules of platforms and of all rooms,
orders of shops, alerts of our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.alerts.alert import Change
from monitor.engines.embedded import put_in_force
from monitor.engines.footing import Footing
from monitor.rules.together import Share, SharedScopes, Stages
from monitor.shard import Shard
from monitor.shard.answers import Answer, answers
from monitor.signals.placing import Gathering
from monitor.signals.tables import Settings

ByGroup = tuple[int, list[Change]]


class Whole:
    """A shard of no rooms, in the daemon's own process. A tick of it is made in steps."""

    def __init__(self, footing: Footing, core: Settings) -> None:
        self.shard = Shard(footing.rules, footing.profiles, core, scopes=SharedScopes)
        self.stages = Stages(footing.rules)
        tables = self.shard.figures.tables
        self.orders = tables.attribution = Gathering(
            tables.rooms, tables.products, tables.orders, lateness_s=core.lateness_s
        )
        self.orders.asked = []

    def roll(self, now: float) -> None:
        """Time has passed; after it `orders.asked` is complete."""
        self.shard.figures.tick(now)

    def begin(self, shares: Sequence[Share], now: float) -> list[Change]:
        """The first shares have come: they name the platforms there are."""
        row_of = self.shard.platforms.row_of
        for each in shares:
            if each.scope == "platform":
                for name in each.names:
                    row_of.setdefault(name, len(row_of))
        return self.shard.begin(now)

    def ask(self, level: int, shares: Sequence[Share], now: float) -> list[ByGroup]:
        """Ask the rules of a level, of what the shards share."""
        scopes, shard = self.shard.scopes, self.shard
        assert isinstance(scopes, SharedScopes), "the tick has begun"
        scopes.take(shares)
        return [(group, shard.ask(group, now)) for group in self.stages.together[level]]

    def reload(self, footing: Footing, now: float) -> list[Change]:
        """As a shard is reloaded."""
        put_in_force(self.shard, footing)
        changes = self.shard.reload(footing.rules, now)
        self.stages = Stages(footing.rules)
        return changes

    def says(self) -> list[Answer]:
        """What its rules say, for the shards."""
        return answers(self.shard)

    def end(self, now: float) -> list[Change]:
        return self.shard.end(now)


def in_order(by_group: Iterable[ByGroup]) -> list[Change]:
    """The changes of several shards in the order in which one shard would have told them."""
    ordered = sorted(by_group, key=lambda each: each[0])
    return [change for _, changes in ordered for change in changes]
