"""The figures of the script: where the host is, for how long, and what the last hook moved."""

from __future__ import annotations

import numpy as np

from monitor.signals.place import SHORTLY_S
from monitor.signals.readings import Column, Look, Reading, segment_state
from monitor.signals.rooms import Floats


def _segment_s(look: Look) -> Floats:
    return np.maximum(look.now - segment_state("segment_at")(look), 0.0)


def _hook_price_drop(look: Look) -> Floats:
    """Whether a price fell since the last hook began (or shortly before it)."""
    hook, drop = segment_state("hook_at")(look), segment_state("price_drop_at")(look)
    return np.where(np.isnan(hook), np.nan, (drop >= hook - SHORTLY_S).astype(float))


def _hook(name: str) -> Reading:
    return lambda look: look.tables.hooks.columns[name][: look.rooms]


_UNMEASURED = "no hook measured, or too little heard around it"
_Row = tuple[str, str, str, str, str, Reading]

ROWS: tuple[_Row, ...] = (
    # name, unit, help, formula, when it is unknown, reading
    ("segment", "enum", "where the host is", "newest cue or sign of one", "neither",
     segment_state("segment")),
    ("segment_before", "enum", "the segment before it", "cue before", "first cue",
     segment_state("segment_before")),
    ("segment_s", "s", "for how long", "now − cue", "no cue", _segment_s),
    ("segment_limit_s", "s", "how long it may last in this room", "limits of module and room",
     "the config says nothing: the rule's own limit holds", segment_state("segment_limit_s")),
    ("segment_confidence", "share", "how sure that is: 1 where it was cued",
     "1 − Π (1 − confidence) of signs", "no segment", segment_state("confidence")),
    ("segment_before_confidence", "share", "the same of the segment before it",
     "1 − Π (1 − confidence) of signs", "first segment", segment_state("confidence_before")),
    ("cycle", "items", "product cycle", "hooks so far", "no hook yet", segment_state("cycle")),
    ("hook_price_drop", "flag", "a price fell since the hook began", "price facts",
     "no hook yet", _hook_price_drop),
    ("hook_lift", "share", "rise after the last hook of what rose most surely: comments, arrivals "
     "or clicks", "(30 s after its end ÷ 30) ÷ (60 s before its start ÷ 60) − 1", _UNMEASURED,
     _hook("hook_lift")),
    ("hook_lift_low", "share", "hook_lift, lower bound of 95 %", "greatest lower bound of the "
     "feeds, lift.py", _UNMEASURED, _hook("hook_lift_low")),
    ("hook_lift_high", "share", "hook_lift, upper bound of 95 %", "greatest upper bound of the "
     "feeds, lift.py", _UNMEASURED, _hook("hook_lift_high")),
    ("hook_verdict", "enum", "what the last hook did: moved, unmoved, or unclear",
     "low > 0; high < hook_worth; else", "no hook measured", _hook("hook_verdict")),
)  # fmt: skip

COLUMNS = tuple(
    Column(name, "room", unit, text, formula, unknown, read)
    for name, unit, text, formula, unknown, read in ROWS
)
