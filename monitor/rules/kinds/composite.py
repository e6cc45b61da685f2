"""composite: what several other rules say together.

    when: firing(stock_out) and not acked(stock_out) and firing_s(stock_out) > 30
    when: firing(feed_stalled) >= 3          in `scope: platform` or `all`

    firing(rule)     alerts of the rule that fire or are recovering
    pending(rule)    alerts that wait for their `for`
    acked(rule)      alerts that fire and that somebody has acknowledged
    firing_s(rule)   seconds since the oldest of them fired; 0 where none does

A rule of another scope is seen from this one: of products, those of the room are counted;
of all rooms, each room sees the same. What other rules say is always known. A composite
is asked after the rules that it names; rules that name each other in a circle are refused.
"""

from __future__ import annotations

from monitor.rules.kinds.kind import Asked, Rule
from monitor.rules.kinds.threshold import ThresholdAsker


class Composite(Rule, frozen=True, kw_only=True, tag="composite"):
    """Holds where `when`, which may ask of other rules, does."""

    when: Asked


class CompositeAsker(ThresholdAsker):
    """A condition like any other; the shard knows the columns it names."""
