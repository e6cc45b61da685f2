"""What rooms are watched by, told to another process."""

from __future__ import annotations

from pathlib import Path

import msgspec

from monitor.engines.footing import Footing, Written
from monitor.mood.phrases import Phrases
from monitor.rules.compile import load
from monitor.rules.parameters import Override, Overrides
from monitor.signals.rooms import Profile
from monitor.signals.script import Script

RULES = Path(__file__).parents[2] / "rules"
TURNED = [Override(rule="no_sales", values={"patience": "9m"}, tiers=("head",))]


def test_another_process_compiles_the_same() -> None:
    """All shipped rules, also what they add of their own; nothing of it is read from a file."""
    ids = {rule.id for rule in load(RULES).rules if rule.rule.params}
    turned = [override for override in TURNED if override.rule in ids]
    made = Footing(
        rules=load(RULES, Overrides(turned, "Asia/Shanghai")),
        overrides=turned,
        timezone="Asia/Shanghai",
        profiles={"a": Profile(room="a", script=Script({("杯", "hook"): 9.0}))},
        phrases=Phrases(harmless=("主播太坑了",)),
    )
    wire = msgspec.msgpack.encode(made.written())
    again = msgspec.msgpack.decode(wire, type=Written).footing()

    assert [rule.rule for rule in made.rules.rules] == [rule.rule for rule in again.rules.rules]
    assert again.rules.unedited(made.rules) == {rule.id for rule in made.rules.rules}
    assert [g.scope for g in made.rules.groups] == [g.scope for g in again.rules.groups]
    assert (made.profiles, made.phrases) == (again.profiles, again.phrases)
