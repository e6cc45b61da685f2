"""What rules of platforms say, told to shards that do not ask them."""

from __future__ import annotations

from monitor.shard.answers import Answer, answers, hear
from tests.stage import Stage

RULES = """\
rules:
  - {id: two, kind: threshold, scope: platform, when: rooms_live > 1}
  - {id: any, kind: threshold, scope: all, when: rooms_live > 0, for: 10s}
  - {id: amid, kind: composite, when: firing(two) or pending(any) and acked(two)}
"""


def staged() -> Stage:
    stage = Stage(RULES)
    stage.tell("comment", room="a", platform="douyin")
    stage.tell("comment", room="b", platform="douyin")
    stage.wait(1)
    return stage


def test_what_is_not_quiet_is_told_and_heard_where_there_are_such_rooms():
    told = staged()
    told.shard.acknowledge("two||douyin", 1, "李敏", told.now)
    said = answers(told.shard)
    hearing = Stage(RULES)
    hearing.tell("comment", room="c", platform="taobao")
    hearing.tell("comment", room="d", platform="douyin")
    hearing.wait(0.25)
    hear(hearing.shard, said)

    assert [("two", "douyin", 2, True), ("any", "", 1, False)] == [
        (each.rule, each.platform, each.state, each.acked) for each in said
    ]
    assert [Answer("two", "douyin", 2, True, told.now - 0.75), said[1]] == answers(hearing.shard)


def test_what_is_told_no_more_is_quiet():
    stage = staged()
    hear(stage.shard, [Answer("two", "nobody has rooms there", 2, False, 0.0)])

    assert [] == answers(stage.shard)
