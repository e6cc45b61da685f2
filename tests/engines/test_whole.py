"""What is of no room: rules of platforms and of all rooms."""

from __future__ import annotations

from monitor.engines.footing import Footing
from monitor.engines.whole import Whole, in_order
from monitor.rules import compile as rules
from monitor.rules.together import Share
from monitor.signals.rooms import Profile
from monitor.signals.tables import Settings
from tests.stage import START

RULES = """\
rules:
  - {id: wide, kind: threshold, scope: platform, when: rooms_live > 3, summary: "{{ platform }}"}
  - {id: all, kind: composite, scope: all, when: firing(wide) > 0}
"""


def shares(*live: float) -> list[Share]:
    """Two shards, which know different platforms."""
    return [
        Share("platform", ["", "dy"], {"rooms_live": [[0.0, live[0]]]}),
        Share("platform", ["", "tb", "dy"], {"rooms_live": [[0.0, 1.0, live[1]]]}),
        *(Share("all", [""], {"rooms_live": [[each]]}) for each in live),
    ]


def tick(whole: Whole, at: float, *live: float) -> list[str]:
    whole.roll(START + at)
    whole.begin(shares(*live), START + at)
    changes = in_order(whole.ask(0, shares(*live), START + at))
    return [f"{each.key} {each.change} {each.summary}".strip() for each in changes]


def test_it_asks_of_what_shards_share():
    """Two rooms here and two there are four."""
    whole = Whole(Footing(rules=rules.parse(RULES)), Settings())
    told = [tick(whole, 0.25, 2.0, 1.0), tick(whole, 0.5, 2.0, 2.0), tick(whole, 0.75, 2.0, 1.0)]

    assert [[], ["wide||dy fired dy", "all|| fired all"]] == told[:2]
    assert ["wide||dy resolved dy", "all|| resolved all"] == told[2]
    assert [] == whole.says()


def test_it_is_reloaded_like_a_shard():
    whole = Whole(Footing(rules=rules.parse(RULES)), Settings())
    tick(whole, 0.25, 3.0, 3.0)
    before = [answer.rule for answer in whole.says()]
    removed = Footing(rules=rules.parse("rules: []"), profiles={"a": Profile(room="a")})
    changes = whole.reload(removed, START + 1)

    assert ["wide", "all"] == before
    assert {"wide||dy", "all||"} == {change.key for change in changes}
    assert {"the rule was removed"} == {change.reason for change in changes}
    assert [] == whole.end(START + 1.25)
