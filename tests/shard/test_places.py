"""Where alerts are: rows and keys of every scope, there and back."""

from __future__ import annotations

import pytest

from monitor.rules.scopes import ORDER, Platforms
from monitor.shard.places import Places, fits
from monitor.signals.rooms import Profile
from tests.shard.test_watched import alert
from tests.stage import Stage


def staged() -> tuple[Stage, Places]:
    stage = Stage(profiles={"a": Profile(room="a", name="红房", platform="douyin")})
    for room in ("a", "b"):
        stage.tell("shelf", room=room, sku="s1", on=True, title="裙")
        stage.tell("stock", room=room, sku="s2", value=1)
    platforms = Platforms()
    platforms.of_rooms(stage.shard.figures.tables.rooms)
    return stage, Places(platforms)


@pytest.mark.parametrize(
    ("scope", "row", "key", "names"),
    [
        ("room", 1, "r|b", ("b", "b", "", "")),
        ("room", 0, "r|a", ("a", "红房", "douyin", "")),
        ("product", 1, "r|a|s1", ("a", "红房", "douyin", "裙")),
        ("product", 4, "r|b|s2", ("b", "b", "", "s2")),
        ("segment", 1, "r|a|hook", ("a", "红房", "douyin", "")),
        ("segment", 7, "r|b|benefit", ("b", "b", "", "")),
        ("platform", 1, "r||douyin", ("", "douyin", "douyin", "")),
        ("all", 0, "r||", ("", "全部直播间", "", "")),
    ],
)
def test_a_row_has_a_key_and_a_key_its_row(scope, row, key, names):
    stage, places = staged()
    tables = stage.shard.figures.tables
    place = places.at(tables, scope, row)
    found = alert(room=place.room, sku=place.sku, segment=place.segment, platform=place.platform)

    assert key == place.key("r")
    assert names == tuple(place.names[n] for n in ("room", "room_name", "platform", "product"))
    assert row == places.row(tables, scope, found)
    assert [scope] == [each for each in ORDER if fits(each, found)]


@pytest.mark.parametrize(
    ("scope", "fields"),
    [
        ("room", {"room": "new"}),
        ("product", {"room": "new", "sku": "s1"}),
        ("product", {"room": "a", "sku": "new"}),
        ("platform", {"room": "", "platform": "new"}),
    ],
)
def test_what_is_not_heard_of_has_no_row_and_gets_none_by_being_asked_for(scope, fields):
    stage, places = staged()
    tables = stage.shard.figures.tables

    assert places.row(tables, scope, alert(**fields)) is None
    assert (2, 5) == (len(tables.rooms), len(tables.products))


@pytest.mark.parametrize(
    ("scope", "rows"),
    [("room", [1]), ("product", [3, 4]), ("segment", [4, 5, 6, 7]), ("platform", []), ("all", [])],
)
def test_a_room_that_is_given_up_takes_its_rows_along(scope, rows):
    stage, places = staged()

    assert rows == places.of_rooms(stage.shard.figures.tables, scope, [1])
