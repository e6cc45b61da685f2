"""How long the host may stay in each part of the script, as the config says it.

    the room's own limit for the content module     [[rooms]] modules
    the module's limit                              [[modules]]
    the room's limit                                [[rooms]] limits
    what the rule says                              rules/hook.yaml: 15 s, 180 s, 300 s

The first of these that is written holds.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from monitor.signals.signs import NAN

DEFAULT_S = {"hook": 15.0, "push": 180.0, "benefit": 300.0}  # DOMAIN.md §3, for screens


class Script(Struct, frozen=True):
    """Limits of a room in seconds, by (content module, segment); no module is ""."""

    limits: Mapping[tuple[str, str], float] = {}

    def limit_s(self, module: str, segment: str) -> float:
        """The limit of a segment; NaN where the config says none."""
        own = self.limits.get((module, segment))
        return self.limits.get(("", segment), NAN) if own is None else own
