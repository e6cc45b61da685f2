"""What stands between the tables of channels.toml."""

from __future__ import annotations

import pathlib
from fnmatch import fnmatchcase

from monitor import tomlfile
from monitor.alerts.mutes import Mutes
from monitor.clock import ManualClock
from monitor.config.channels import ChannelsFile, mistakes_between
from monitor.config.files import Config, MainFile
from monitor.rules import compile as rules
from tests.alerts.changes import fired

SHIPPED = pathlib.Path(__file__).parents[2]
LOG = '[[channels]]\nkind = "log"\nname = "{name}"\nfallback = "{fallback}"\n'


def read(text: str) -> ChannelsFile:
    return tomlfile.load(text, ChannelsFile).value


def test_a_channel_names_another_one_as_its_fallback() -> None:
    """And only one that is there, and not itself."""
    channels = read(
        LOG.format(name="a", fallback="b")
        + LOG.format(name="b", fallback="c")
        + LOG.format(name="d", fallback="d")
    )

    assert {"a": "b", "b": "c", "d": "d"} == channels.fallbacks
    assert [
        (("channels", 1, "fallback"), "unknown channel `c` — write one of a, b, d"),
        (
            ("channels", 2, "fallback"),
            "it can not be its own fallback — name another channel, or leave it out",
        ),
    ] == list(mistakes_between(channels))


def test_a_name_is_one_channels() -> None:
    """And the screen's name is nobody's."""
    channels = read(
        LOG.format(name="a", fallback="")
        + LOG.format(name="a", fallback="")
        + LOG.format(name="screen", fallback="")
    )

    assert [
        (("channels", 1, "name"), "`a` is there twice — use another name"),
        (("channels", 2, "name"), "`screen` is the control room itself — use another name"),
    ] == list(mistakes_between(channels))


def test_a_channel_that_can_not_be_made_is_told() -> None:
    """A secret that is not there, an address that leads inside."""
    channels = read(
        '[[channels]]\nkind = "slack"\nname = "s"\nto = "C1"\n'
        '[[channels]]\nkind = "webhook"\nname = "w"\nurl = "http://127.0.0.1/x"\n'
    )

    assert [("channels", 0), ("channels", 1)] == [path for path, _ in mistakes_between(channels)]


def test_channels_are_made_without_connecting() -> None:
    """In the order of the file."""
    channels = read(LOG.format(name="a", fallback="b") + LOG.format(name="b", fallback=""))
    nowhere = pathlib.Path()
    config = Config(
        folder=nowhere, main=MainFile(), channels=channels, people=(), state=nowhere, rules=nowhere
    )

    assert ["a", "b"] == [channel.name for channel in config.make_channels(ManualClock())]


def test_a_stalled_feed_explains_what_is_said_of_the_mood_as_shipped() -> None:
    """In its own room, whatever the severity; goods and segments it does not explain."""
    written = tomlfile.load(SHIPPED / "config" / "channels.toml", ChannelsFile).value
    mutes = Mutes(inhibitions=written.inhibitions)
    mutes.note(fired(rule="feed_stalled", room="r1", key="feed_stalled|r1"))

    names = rules.load(SHIPPED / "rules").by_id
    quiet = {name for name in names if mutes.why_quiet(fired(rule=name, room="r1"), 0.0)}
    assert {"engagement_drop", "sentiment_incident", "comments_stalled"} <= quiet
    assert quiet.isdisjoint({"feed_stalled", "stock_out", "stock_soon", "hook_timing"})
    assert not mutes.why_quiet(fired(rule="engagement_drop", room="r2"), 0.0)


def test_what_is_shipped_as_explained_is_there() -> None:
    """A name that matches no rule would explain nothing, and nobody would notice."""
    written = tomlfile.load(SHIPPED / "config" / "channels.toml", ChannelsFile).value
    known = rules.load(SHIPPED / "rules").by_id

    assert written.inhibitions
    for inhibition in written.inhibitions:
        assert inhibition.by in known
        assert [] == [
            pattern
            for pattern in inhibition.rules
            if not any(fnmatchcase(rule, pattern) for rule in known)
        ]
