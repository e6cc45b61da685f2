"""The open alerts as people know them: episodes, acknowledgements, restarts."""

from __future__ import annotations

import pytest

from monitor.alerts import record as module
from monitor.alerts.alert import Alert
from monitor.alerts.record import Record

T0 = 1_795_370_000.0


def alert(state: str = "firing", key: str = "angry|r1", **fields) -> Alert:
    rule, room = key.split("|")
    return Alert(
        key=key, rule=rule, room=room, state=state, episode=0, severity="warning", since=T0,
        summary="三条抱怨", values={"negative_1m": 3.0}, **fields,
    )  # fmt: skip


def fire(record: Record, now: float = T0, **fields):
    return record.moved("fired", alert(**fields), now, 45.0, ("desk",))


def test_each_time_it_fires_is_an_episode():
    record = Record()
    episodes = []
    for _ in range(3):
        record.moved("pending", alert("pending"), T0, 45.0, ())
        episodes.append(fire(record).episode)
        record.resolved("angry|r1", T0 + 9, "condition ended")

    assert [1, 2, 3] == episodes
    assert [] == record.alerts()


def test_what_fired_tells_what_people_need():
    change = fire(Record())

    assert ("fired", 1, "三条抱怨", {"negative_1m": 3.0}, 45.0, ("desk",), T0) == (
        change.change, change.episode, change.summary, change.values, change.ttl_s, change.notify,
        change.at,
    )  # fmt: skip


def test_the_end_tells_of_the_alert_that_fired():
    record = Record()
    fire(record)

    change = record.resolved("angry|r1", T0 + 9, "condition ended")

    assert ("resolved", 1, "condition ended", "三条抱怨") == (
        change.change, change.episode, change.reason, change.summary,
    )  # fmt: skip


def test_pending_that_came_to_nothing_leaves_no_trace():
    record = Record()
    record.moved("pending", alert("pending"), T0, 45.0, ())
    record.drop("angry|r1")

    assert [] == record.alerts()
    assert 1 == fire(record, key="angry|r1").episode


def test_the_first_acknowledgement_wins_and_a_later_one_gets_its_change():
    record = Record()
    fire(record)

    first = record.acknowledged("angry|r1", 1, "李敏", T0 + 5)
    later = record.acknowledged("angry|r1", 1, "王强", T0 + 8)

    assert (True, False) == (first[1], later[1])
    assert first[0] is not None
    assert (T0 + 5, "李敏", "acked") == (first[0].at, first[0].by, first[0].change)
    assert first[0] == later[0]
    assert [("李敏", T0 + 5)] == [(one.acked_by, one.acked_at) for one in record.alerts()]


@pytest.mark.parametrize(("key", "episode"), [("angry|r1", 2), ("angry|r1", 0), ("angry|r2", 1)])
def test_what_is_not_open_can_not_be_acknowledged(key, episode):
    record = Record()
    fire(record)

    assert (None, False) == record.acknowledged(key, episode, "李敏", T0)


def test_pending_alerts_are_nobodys_yet():
    record = Record()
    record.moved("pending", alert("pending"), T0, 45.0, ())

    assert (None, False) == record.acknowledged("angry|r1", 0, "李敏", T0)


def test_a_new_episode_is_not_acknowledged():
    record = Record()
    fire(record)
    record.acknowledged("angry|r1", 1, "李敏", T0)
    record.resolved("angry|r1", T0, "condition ended")
    fire(record)

    assert [None] == [one.acked_at for one in record.alerts()]


def test_after_a_restart_everything_goes_on():
    """The open alert, who has it, and the number of its episode; also of one that is closed."""
    before = Record()
    for _ in range(2):
        fire(before, key="slow|r1")
        before.resolved("slow|r1", T0, "condition ended")
    fire(before)
    before.acknowledged("angry|r1", 1, "李敏", T0 + 5)

    after = Record()
    after.restore(before.alerts(), {"slow|r1": 2})

    assert before.alerts() == after.alerts()
    assert "李敏" == after.acknowledged("angry|r1", 1, "王强", T0 + 9)[0].by  # type: ignore[union-attr]
    assert 3 == fire(after, key="slow|r1").episode


@pytest.mark.parametrize(("known", "next_one"), [({}, 3), ({"slow|r1": 5}, 6)])
def test_an_episode_goes_on_from_the_greatest_number_that_is_known(known, next_one):
    """An open alert of episode 2 comes back, perhaps with an older or a newer count."""
    before = Record()
    fire(before, key="slow|r1")
    before.resolved("slow|r1", T0, "condition ended")
    fire(before, key="slow|r1")

    after = Record()
    after.restore(before.alerts(), known)
    after.resolved("slow|r1", T0, "condition ended")

    assert next_one == fire(after, key="slow|r1").episode


def test_the_episodes_of_old_alerts_are_let_go(monkeypatch):
    """The memory is bounded; an alert that fired lately keeps its number."""
    monkeypatch.setattr(module, "EPISODES_KEPT", 3)
    record = Record()
    for name in "abcadefg":
        fire(record, key=f"{name}|r")

    assert len(record._episodes) <= 6
    assert [2, 2, 3, 1] == [fire(record, key=f"{name}|r").episode for name in "gfab"]


def test_what_is_told_again_is_counted_and_as_it_is_now():
    record = Record()
    fire(record)
    changes = [
        record.again("angry|r1", T0 + 60 * n, "not acknowledged", 30.0, ("desk",), summary)
        for n, summary in enumerate(["四条抱怨", ""], start=1)
    ]

    assert [("again", 1, "四条抱怨"), ("again", 2, "四条抱怨")] == [
        (change.change, change.times, change.summary) for change in changes
    ]
    assert (30.0, ("desk",), 1) == (changes[0].ttl_s, changes[0].notify, changes[0].episode)
    assert 2 == record["angry|r1"].told_again


def test_a_note_tells_nobody():
    record = Record()
    fire(record)
    record.note("angry|r1", state="recovering", unknown=True)

    assert [("recovering", True)] == [(a.state, a.unknown) for a in record.alerts()]
    assert "angry|r1" in record
    assert "angry|r2" not in record


def test_what_is_wrong_with_ourselves_is_an_alert_of_no_room():
    """Said again while it is open, only its words change."""
    record = Record()
    first = record.say("rules_invalid", "一处错误", "改正", T0)
    again = record.say("rules_invalid", "两处错误", "改正", T0 + 1)

    assert [("rules_invalid||", "fired", 1, "")] == [
        (c.key, c.change, c.episode, c.room) for c in first
    ]
    assert ([], "两处错误") == (again, record["rules_invalid||"].summary)
    over = record.unsay("rules_invalid", "right again", T0 + 9)
    assert [("resolved", "right again")] == [(change.change, change.reason) for change in over]
    assert [] == record.unsay("rules_invalid", "right again", T0 + 9)
