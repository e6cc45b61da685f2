"""Many changes of a rule at once are one digest, and so is what follows for a while."""

from __future__ import annotations

from monitor.alerts.alert import Notice, notice_id
from monitor.alerts.storms import Storms
from tests.alerts.changes import T0, fired, resolved


def notice(change, channel="ops", also=()) -> Notice:
    return Notice(
        id=notice_id(change, channel),
        channel=channel,
        change=change,
        created_at=T0,
        expires_at=T0 + 60,
        reason="",
        also=also,
    )


def many(count, rule="angry"):
    return [fired(rule, f"r{number}") for number in range(count)]


def test_few_changes_pass():
    """At the bound; one more would be a storm."""
    storms = Storms(over=5, every_s=5)
    notices = [notice(change) for change in many(5)]

    assert (notices, []) == storms.sift(notices, T0)


def test_more_are_one_digest_and_later_ones_are_held():
    """
    T0: 6 at once → digest    T0+1: 1 → held    T0+5: due
    """
    storms = Storms(over=5, every_s=5)
    changes = many(6)
    later = fired(room="late")

    passed, digests = storms.sift([notice(change) for change in changes], T0)
    after, none = storms.sift([notice(later)], T0 + 1)

    assert ([], [("angry", "fired", "ops", changes)]) == (passed, digests)
    assert ([], []) == (after, none)
    assert [later] == storms.waiting()
    assert T0 + 5 == storms.next_due()
    assert [("angry", "fired", "ops", [later])] == storms.due(T0 + 5)
    assert storms.next_due() is None


def test_a_storm_that_held_nothing_is_over_in_silence():
    storms = Storms(over=5, every_s=5)
    storms.sift([notice(change) for change in many(6)], T0)

    assert [] == storms.due(T0 + 5)
    calm = [notice(fired(room="late"))]
    assert (calm, []) == storms.sift(calm, T0 + 6)


def test_another_rule_or_channel_has_its_own_weather():
    """A storm on one channel holds nothing back on another."""
    storms = Storms(over=2, every_s=5)
    storms.sift([notice(change) for change in many(3)], T0)
    calm = [notice(fired("stock")), notice(fired(), "other"), notice(resolved(fired(), T0))]

    assert (calm, []) == storms.sift(calm, T0 + 1)


def test_a_notice_of_several_alerts_loses_only_those_that_storm():
    """Its id follows its first change."""
    storms = Storms(over=2, every_s=5)
    stock = fired("stock", "r0")
    notices = [notice(change) for change in many(3)]
    notices[0] = notice(notices[0].change, also=(stock,))

    passed, digests = storms.sift(notices, T0)

    assert [("stock|r0|1|fired|ops", ())] == [(kept.id, kept.also) for kept in passed]
    assert 3 == len(digests[0][3])


def test_what_is_over_while_held_is_forgotten():
    """Nobody was told that it fired."""
    storms = Storms(over=2, every_s=5)
    storms.sift([notice(change) for change in many(3)], T0)
    held = fired(room="late")
    storms.sift([notice(held)], T0 + 1)

    assert storms.forget(resolved(held, T0 + 2), "ops")
    assert not storms.forget(resolved(held, T0 + 2), "ops")
    assert not storms.forget(resolved(fired(room="r0"), T0 + 2), "ops")
    assert 1 == storms.collapsed
