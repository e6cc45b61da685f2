"""What is known of a room beside its id."""

from __future__ import annotations

from monitor.alerts.routes import RoomTag
from monitor.engines.tagging import describe
from monitor.signals.rooms import Profile
from tests.stage import Stage

PROFILES = {"r": Profile(room="r", name="一号", platform="douyin", tier="head")}


def test_a_room_that_was_never_heard_of_is_what_the_config_says():
    rooms = Stage(profiles=PROFILES).shard.figures.tables.rooms

    assert RoomTag("一号", "douyin", "head") == describe(rooms, "r")
    assert RoomTag("x") == describe(rooms, "x")


def test_a_room_is_live_or_paused_or_off_air_as_its_session_says():
    stage = Stage(profiles=PROFILES)
    tags = []
    for phase in ("start", "pause", "resume", "end"):
        stage.tell("session", room="r", phase=phase, session="s1")
        stage.wait(1)
        tags.append(describe(stage.shard.figures.tables.rooms, "r"))

    assert [(True, False), (True, True), (True, False), (False, False)] == [
        (tag.live, tag.paused) for tag in tags
    ]
    assert {"s1"} == {tag.session for tag in tags}
    assert {("一号", "douyin", "head")} == {(tag.name, tag.platform, tag.tier) for tag in tags}
