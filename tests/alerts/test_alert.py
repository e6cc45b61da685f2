"""What a notice tells of, and what makes two notices the same one."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from monitor.alerts.alert import Notice, notice_id
from tests.alerts.changes import T0, alert, fired


def notice(**given) -> Notice:
    change = given.pop("change", fired())
    return Notice(
        id=notice_id(change, "ops"),
        channel="ops",
        change=change,
        created_at=T0,
        expires_at=T0 + 60,
        reason="route all",
        **given,
    )


def test_the_id_is_the_key_the_episode_the_change_and_the_channel():
    """Values and texts are no part of it: they change while it is the same alert."""

    assert "angry|r1|1|fired|ops" == notice().id


def test_a_notice_tells_of_its_own_change_and_of_those_that_came_with_it():
    """A digest lists them in `covers` instead."""
    other = fired("drop")

    assert ("angry|r1|1",) == notice().tells_of
    assert ("angry|r1|1", "drop|r1|1") == notice(also=(other,)).tells_of
    assert ("a|r1|1", "a|r2|1") == notice(covers=("a|r1|1", "a|r2|1")).tells_of


def test_only_a_notice_of_one_alert_can_be_edited_in_place():
    """Else the news of one alert would wipe out another's."""

    assert notice().alone
    assert not notice(also=(fired("drop"),)).alone
    assert not notice(covers=("a|r1|1",)).alone


def test_a_notice_comes_back_from_json_as_it_was():
    """The outbox keeps it so."""
    sent = notice(also=(fired("drop", values={"comments_1m": 3.0, "who": None}),), rooms=("r1",))

    assert sent == msgspec.json.decode(msgspec.json.encode(sent), type=Notice)


def test_an_alert_can_be_told_again_as_it_fired():
    """With the episode and the words that it had."""
    told = fired(severity="critical", summary="快售罄")

    assert told == replace(alert(told, summary="快售罄").as_fired(), since=None)
