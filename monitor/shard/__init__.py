"""Rooms side by side: facts in, changes of alerts out."""

from monitor.shard.shard import GIVEN_UP_S, TICK_S, Shard

__all__ = ["GIVEN_UP_S", "TICK_S", "Shard"]
