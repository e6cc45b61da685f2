"""What channels.toml may say: where alerts go beside the screen, and when nobody is told."""

from __future__ import annotations

from monitor.alerts.acting import Action
from monitor.alerts.dispatch import DispatchSettings
from monitor.alerts.mutes import Breaks, Inhibition, Mute, Mutes, QuietHours
from monitor.alerts.routes import SCREEN, Route, Routes
from monitor.channels.table import FOR_MACHINES, ChannelSettings, make
from monitor.clock import ManualClock
from monitor.config.section import Found, Section, repeated_names, unbuildable
from monitor.errors import ConfigError
from monitor.shapes import suggest


class ChannelsFile(Section, frozen=True, kw_only=True):
    """What channels.toml says. `default` is told where no route matches."""

    channels: tuple[ChannelSettings, ...] = ()
    default: tuple[str, ...] = ()
    notices: DispatchSettings = DispatchSettings()
    routes: tuple[Route, ...] = ()
    mutes: tuple[Mute, ...] = ()
    quiet_hours: tuple[QuietHours, ...] = ()
    inhibitions: tuple[Inhibition, ...] = ()
    breaks: Breaks = Breaks()
    actions: tuple[Action, ...] = ()

    @property
    def fallbacks(self) -> dict[str, str]:
        """Channel → the one that is told instead when it fails."""
        return {each.name: each.fallback for each in self.channels if each.fallback}


def mistakes_between(channels: ChannelsFile) -> Found:
    """What is wrong between the tables of channels.toml, and channels that can not be made."""
    names = [each.name for each in channels.channels]
    yield from repeated_names("channels", "name", names)
    yield from repeated_names("routes", "name", [each.name for each in channels.routes])
    yield from repeated_names("mutes", "name", [each.name for each in channels.mutes])
    yield from unbuildable("channels", channels.channels, lambda each: make(each, ManualClock()))
    for index, each in enumerate(channels.channels):
        if each.name == SCREEN:
            what = f"`{SCREEN}` is the control room itself — use another name"
            yield ("channels", index, "name"), what
        if each.fallback == each.name:
            what = "it can not be its own fallback — name another channel, or leave it out"
            yield ("channels", index, "fallback"), what
        elif each.fallback and each.fallback not in names:
            what = f"unknown channel `{each.fallback}` — {suggest(each.fallback, names)}"
            yield ("channels", index, "fallback"), what
    yield from _wrong_actions(channels)
    known = Routes(channels=names)
    for index, route in enumerate(channels.routes):
        for name in known.unknown(route.channels):
            what = f"unknown channel `{name}` — {suggest(name, names)}"
            yield ("routes", index, "channels"), what
    for name in known.unknown(channels.default):
        yield ("default",), f"unknown channel `{name}` — {suggest(name, names)}"
    try:
        Mutes(inhibitions=channels.inhibitions)
    except ConfigError as error:
        yield ("inhibitions",), str(error)


def _wrong_actions(channels: ChannelsFile) -> Found:
    """Actions of one name, and those whose channel is not there or speaks to people."""
    yield from repeated_names("actions", "name", [each.name for each in channels.actions])
    kinds = {each.name: each for each in channels.channels}
    able = [name for name, each in kinds.items() if isinstance(each, FOR_MACHINES)]
    for index, action in enumerate(channels.actions):
        at = ("actions", index, "channel")
        if action.channel not in kinds:
            yield at, f"unknown channel `{action.channel}` — {suggest(action.channel, able)}"
        elif action.channel not in able:
            kind = kinds[action.channel].__struct_config__.tag
            yield (
                at,
                f"`{action.channel}` is of kind {kind}, which tells people — name a channel of"
                " kind mqtt_command, cloudevents or webhook",
            )
