"""An alert in full, and why it ended."""

from __future__ import annotations

import pytest

from monitor.mood.mood import Mood
from tests.stage import Stage

WHO = "{{ room }}/{{ room_name }}/{{ platform }}/{{ product }}"


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("room", "r|room 3 room/room/douyin/"),
        ("segment", "r|room|hook 3 room/room/douyin/"),
        ("platform", "r||douyin 3 /douyin/douyin/"),
        ("all", "r|| 3 /全部直播间//"),
    ],
)
def test_an_alert_says_where_it_is(scope, told):
    stage = Stage(
        f"rules: [{{id: r, kind: threshold, scope: {scope}, when: comments_1m > 2,"
        f" summary: '{{{{ comments_1m | int }}}} {WHO}'}}]"
    )
    stage.comment("好看", platform="douyin", times=3)
    stage.tell("segment", segment="hook")
    stage.wait(0.25)

    assert [told] == [f"{c.key} {c.summary}" for c in stage.changes if c.change == "fired"]
    change, alert = stage.changes[-1], stage.shard.alerts()[0]
    assert (change.segment, change.platform) == (alert.segment, alert.platform)
    assert (scope == "segment", scope == "platform") == (
        bool(alert.segment), bool(alert.platform),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "end", "reason"),
    [
        ("room", ("session", {"phase": "end"}), "the broadcast ended"),
        ("segment", ("session", {"phase": "end"}), "the broadcast ended"),
        ("segment", ("segment", {"segment": "push"}), "the segment is over"),
        ("all", ("session", {"phase": "end"}), "the broadcast ended"),
        ("room", ("viewers", {"online": 1}), "condition ended"),
    ],
)
def test_it_says_why_it_ended(scope, end, reason):
    stage = Stage(f"rules: [{{id: r, kind: threshold, scope: {scope}, when: online > 2}}]")
    stage.tell("viewers", online=5)
    stage.tell("segment", segment="hook")
    stage.wait(0.5)
    stage.tell(end[0], **end[1])
    stage.wait(0.5)

    assert [reason] == [c.reason for c in stage.changes if c.change == "resolved"]


def test_a_rule_of_incidents_shows_what_people_say():
    stage = Stage(
        "rules: [{id: r, kind: threshold, when: incident_level >= 1, summary: '{{ incident }}'}]",
        mood=Mood(),
    )
    for second in range(40):
        for _ in range(3 if second > 20 else 1):
            stage.comment("发货太慢了 骗子 退货" if second > 20 else "好看")
        stage.wait(1)
    fired = [change for change in stage.changes if change.change == "fired"]

    assert fired
    assert fired[0].summary
    assert set(fired[0].values) > {"incident_level"}
