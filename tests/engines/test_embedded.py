"""One shard in the daemon's own process."""

from __future__ import annotations

from monitor.engines.embedded import Embedded
from monitor.engines.footing import Footing
from monitor.rules import compile as rules
from monitor.signals.rooms import Profile
from tests.stage import Stage

RULES = "rules:\n  - {id: busy, kind: threshold, when: comments_10s >= 3}\n"


async def test_everything_is_asked_of_the_shard() -> None:
    """And what the config says of rooms is so from a reload on."""
    stage = Stage(RULES)
    host = Embedded(stage.shard)
    await host.open(lambda: None)
    stage.comment("好", times=3)
    changes = await host.tick(stage.now)
    named = {"room": Profile(room="room", name="一号")}
    await host.reload(Footing(rules=rules.parse(RULES), profiles=named), stage.now)
    detail = await host.look("room", stage.now)
    told = await host.explain("busy", "room", None)
    host.expect("another", stage.now, stage.now + 60)
    await host.aclose()

    assert ["busy|room"] == [change.key for change in changes]
    assert "一号" == host.describe("room").name
    assert detail == host.detail("room", stage.now)
    assert not isinstance(told, str)
    assert "firing" == told.state
    assert 2 == host.figures(stage.now)["rooms"]
    assert (False, False, False) == (host.pending, host.full, host.apart)


def test_what_the_config_says_is_put_in_force_together_with_rules() -> None:
    """A shard that was restored knows what was open."""
    before, stage = Stage(RULES), Stage(RULES)
    before.comment("好", times=3)
    before.wait(0.25)
    Embedded(stage.shard).restore(before.shard.alerts(), {"busy|room": 1}, None)

    assert ["busy|room"] == [alert.key for alert in stage.shard.alerts()]
