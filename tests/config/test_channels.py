"""What stands between the tables of channels.toml."""

from __future__ import annotations

import pathlib

from monitor import tomlfile
from monitor.clock import ManualClock
from monitor.config.channels import ChannelsFile, mistakes_between
from monitor.config.files import Config, MainFile

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


def test_an_action_needs_a_channel_for_machines_and_a_name_of_its_own() -> None:
    channels = read(
        LOG.format(name="log", fallback="")
        + '[[channels]]\nkind = "mqtt_command"\nname = "goods"\n'
        + 'broker = "mqtt://127.0.0.1"\ntopic = "t"\n'
        + "".join(
            f'[[actions]]\nname = "{name}"\nchannel = "{channel}"\n'
            for name, channel in (("a", "goods"), ("b", "good"), ("c", "log"), ("a", "goods"))
        )
    )

    assert [
        (("actions", 3, "name"), "`a` is there twice — use another name"),
        (("actions", 1, "channel"), "unknown channel `good` — did you mean `goods`?"),
        (
            ("actions", 2, "channel"),
            "`log` is of kind log, which tells people — name a channel of kind mqtt_command,"
            " cloudevents or webhook",
        ),
    ] == list(mistakes_between(channels))
