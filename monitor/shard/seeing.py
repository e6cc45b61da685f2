"""What rules see at one tick: figures, parameters, and what other rules say."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import ref

from monitor.rules.columns import RoomColumns
from monitor.rules.parameters import Parameters
from monitor.rules.scopes import Columns, Platforms, Scopes
from monitor.shard.watched import Watched
from monitor.signals.rooms import Floats


def see(
    rooms: RoomColumns,
    parameters: Parameters,
    platforms: Platforms,
    of_rule: Mapping[str, Watched],
    now: float,
    kind: type[Scopes] = Scopes,
) -> Scopes:
    """The columns of every scope; `floor@rule` is a parameter, `firing(rule)` a rule's answer.

    A rule's answer is as it is when the column is first named: after the rule was asked.
    """

    def derive(name: str, columns: Columns) -> Floats:
        if "@" in name:
            return parameters.column(name, columns, platforms.names, now)
        function, _, rule = name[:-1].partition("(")
        watched, scopes = of_rule[rule], whole()
        assert scopes is not None, "it is asked of columns that are in them"
        told = watched.told(function, rule, scopes[watched.scope].rows, now)
        return scopes.seen(told, watched.scope, columns.scope, greatest=function == "firing_s")

    scopes = kind(rooms, platforms, derive)
    # A circle would keep the columns of thousands of ticks until the collector comes by.
    whole = ref(scopes)
    return scopes
