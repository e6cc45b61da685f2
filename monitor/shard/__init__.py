"""Rooms side by side: facts in, changes of alerts out."""

from monitor.shard.restored import GIVEN_UP_S
from monitor.shard.shard import TICK_S, Shard

__all__ = ["GIVEN_UP_S", "TICK_S", "Shard"]
