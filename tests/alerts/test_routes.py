"""Which channels are told, and why."""

from __future__ import annotations

import pytest

from monitor.alerts.routes import RoomTag, Route, Routes
from monitor.errors import ConfigError
from tests.alerts.changes import fired

CHANNELS = ("slack_ops", "wecom_desk", "log")
DOUYIN = RoomTag("旗舰店", "douyin")


def test_the_first_route_that_matches_decides_and_says_so():
    """A field left empty matches everything."""
    routes = Routes(
        [
            Route(name="urgent", channels=("slack_ops",), severities=("critical",)),
            Route(name="rest", channels=("log",)),
        ],
        channels=CHANNELS,
    )

    assert {"slack_ops": "route urgent"} == routes.channels(fired(severity="critical"), DOUYIN)
    assert {"log": "route rest"} == routes.channels(fired(), DOUYIN)


def test_a_route_that_goes_on_adds_its_channels():
    """A channel keeps the first reason."""
    routes = Routes(
        [
            Route(name="all", channels=("log",), go_on=True),
            Route(name="desk", channels=("wecom_desk", "log"), roles=("desk",)),
        ],
        channels=CHANNELS,
        default=("slack_ops",),
    )

    told = routes.channels(fired(role="desk"), DOUYIN)

    assert {"log": "route all", "wecom_desk": "route desk"} == told
    assert {"log": "route all"} == routes.channels(fired(), DOUYIN)


@pytest.mark.parametrize(
    ("field", "match", "other"),
    [
        ({"rooms": ("douyin:*",)}, {"room": "douyin:1"}, {"room": "taobao:1"}),
        ({"rules": ("stock_*",)}, {"rule": "stock_out"}, {"rule": "hook"}),
        ({"roles": ("desk",)}, {"role": "desk"}, {"role": "host"}),
        ({"severities": ("critical",)}, {"severity": "critical"}, {"severity": "info"}),
    ],
)
def test_every_field_can_keep_a_change_out(field, match, other):
    """Where no route matches, the default is told."""
    routes = Routes(
        [Route(name="x", channels=("slack_ops",), **field)], channels=CHANNELS, default=("log",)
    )

    assert {"slack_ops": "route x"} == routes.channels(fired(**match), DOUYIN)
    assert {"log": "no route matches"} == routes.channels(fired(**other), DOUYIN)


def test_a_platform_is_the_rooms_own():
    """The change does not know it, the room's tag does."""
    routes = Routes(
        [Route(name="x", channels=("slack_ops",), platforms=("douyin",))], channels=CHANNELS
    )

    assert routes.channels(fired(), DOUYIN)
    assert not routes.channels(fired(), RoomTag("", "taobao"))


def test_what_a_rule_asks_for_goes_before_all_routes():
    """`screen` is no channel: the control room shows everything anyway."""
    routes = Routes([Route(name="all", channels=("log",))], channels=CHANNELS)

    told = routes.channels(fired(notify=("screen", "wecom_desk")), DOUYIN)

    assert {"wecom_desk": "rule angry asks for it"} == told
    assert {} == routes.channels(fired(notify=("screen",)), DOUYIN)


def test_a_rule_whose_channels_are_gone_is_told_by_the_routes():
    """Better there than nowhere."""
    routes = Routes([Route(name="all", channels=("log",))], channels=CHANNELS)

    assert {"log": "route all"} == routes.channels(fired(notify=("pager",)), DOUYIN)
    assert ["pager"] == routes.unknown(("pager", "screen", "log"))


def test_a_route_to_nowhere_is_refused_with_what_there_is():
    """Every such route is named, and the default."""
    with pytest.raises(ConfigError) as caught:
        Routes([Route(name="x", channels=("slak",))], channels=CHANNELS, default=("logg",))

    assert [
        "route x: unknown channel `slak` — write one of log, slack_ops, wecom_desk",
        "route default: unknown channel `logg` — write one of log, slack_ops, wecom_desk",
    ] == list(caught.value.mistakes)
