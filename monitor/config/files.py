"""The files of a config folder: which tables and sources there are.

    roomwatch.toml   the daemon, its pages, sources, rooms, timetable
    channels.toml    where alerts go (config/channels.py); without it the screen alone shows them
    oncall.toml      who is on call, and who is told when nobody acknowledges (config/oncall.py)

A leaf's settings stand in the leaf: to add a source, write it into `AnySource`; a
channel has its row in channels/table.py.
"""

from __future__ import annotations

import pathlib
from typing import Annotated, Literal

from msgspec import Meta, Struct

from monitor.channels.channel import Channel
from monitor.channels.table import make
from monitor.clock import Clock
from monitor.config.channels import ChannelsFile
from monitor.config.http import HttpSettings, TokenSettings
from monitor.config.oncall import OncallFile
from monitor.config.rooms import ModuleSettings, RoomSettings, script
from monitor.config.section import Section, check_timezone
from monitor.console.person import Person
from monitor.intake import InboxLimits
from monitor.logs import Form
from monitor.mood.phrases import Phrases
from monitor.rules.parameters import Override, Overrides
from monitor.signals.retiring import SHORTEST_S
from monitor.signals.rooms import Profile
from monitor.signals.tables import Settings as CoreSettings
from monitor.sources.file import FileSettings
from monitor.sources.mqtt import MqttSettings
from monitor.sources.redis_stream import RedisStreamSettings
from monitor.sources.webhook import WebhookSettings
from monitor.sources.websocket_client import WebsocketClientSettings
from monitor.sources.websocket_server import WebsocketServerSettings
from monitor.timetable import Expected, Time

AnySource = (
    FileSettings | MqttSettings | RedisStreamSettings
    | WebhookSettings | WebsocketClientSettings | WebsocketServerSettings
)  # fmt: skip

Days = Annotated[float, Meta(gt=0, le=3660)]


class DaemonSettings(Section, frozen=True, kw_only=True):
    """`state` is a folder, from the config's own; systemd's $STATE_DIRECTORY wins."""

    state: str = "../state"
    timezone: str = "Asia/Shanghai"
    language: Literal["zh", "en"] = "zh"
    upkeep_at: Time = "04:10"
    stop_within_s: Annotated[float, Meta(gt=0, le=600)] = 10.0

    def __post_init__(self) -> None:
        check_timezone("timezone", self.timezone or "none")


class EngineSettings(CoreSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The core's own settings, and how often it is asked."""

    tick_s: Annotated[float, Meta(ge=0.05, le=5)] = 0.25
    workers: Annotated[int, Meta(ge=1, le=64)] = 1  # processes that share the rooms

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if not isinstance(value, bool | str) and value <= 0:
                raise ValueError(f"`{name}` can not be `{value}` — write a number above 0")
        for name in ("forget_ended_s", "forget_silent_s"):
            value = getattr(self, name)
            if value < SHORTEST_S:
                raise ValueError(f"`{name}` can not be `{value}` — write {SHORTEST_S:g} or more")


class RulesSettings(Section, frozen=True, kw_only=True):
    """The folder of rules, from the config's own."""

    folder: str = "../rules"


class MoodSettings(Section, frozen=True, kw_only=True):
    """`phrases` is a file of the operator's own, from the config's folder; none where empty."""

    phrases: str = ""


class LoggingSettings(Section, frozen=True, kw_only=True):
    """How much is logged, and in what form."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    form: Form = "auto"


class ConsoleSettings(Section, frozen=True, kw_only=True):
    """`recordings` is a folder, from the config's own, whose files the page Replay offers."""

    recordings: str = ""


class RecordSettings(Section, frozen=True, kw_only=True):
    """Whether what is heard is kept, to be played again; see storage/recorder.py.

    `folder` is from the state's own.
    """

    folder: str = ""
    days: Days = 30.0
    max_bytes: Annotated[int, Meta(ge=1_000_000)] = 10_000_000_000


class RetentionSettings(Section, frozen=True, kw_only=True):
    """For how many days the database keeps what is over."""

    outbox_days: Days = 7.0
    history_days: Days = 30.0


class InboxSettings(InboxLimits, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of each source may wait for the engine."""


class MainFile(Section, frozen=True, kw_only=True):
    """What roomwatch.toml says."""

    daemon: DaemonSettings = DaemonSettings()
    http: HttpSettings = HttpSettings()
    tokens: tuple[TokenSettings, ...] = ()
    engine: EngineSettings = EngineSettings()
    inbox: InboxSettings = InboxSettings()
    rules: RulesSettings = RulesSettings()
    mood: MoodSettings = MoodSettings()
    sources: tuple[AnySource, ...] = ()
    rooms: tuple[RoomSettings, ...] = ()
    modules: tuple[ModuleSettings, ...] = ()
    params: tuple[Override, ...] = ()
    timetable: tuple[Expected, ...] = ()
    logging: LoggingSettings = LoggingSettings()
    retention: RetentionSettings = RetentionSettings()
    console: ConsoleSettings = ConsoleSettings()
    record: RecordSettings = RecordSettings()

    def profiles(self) -> dict[str, Profile]:
        """What the core is told of each room and, under "", of those that are not named."""
        others = Profile(room="", script=script(self.modules))
        lengths: dict[str, float] = {}
        for each in self.timetable:
            lengths[each.room] = max(each.length_s, lengths.get(each.room, 0.0))
        return {"": others} | {
            each.room: each.profile(self.modules, lengths.get(each.room)) for each in self.rooms
        }


class Config(Struct, frozen=True, kw_only=True):
    """Everything that was written, and what follows from it."""

    folder: pathlib.Path
    main: MainFile
    channels: ChannelsFile
    people: tuple[Person, ...]
    state: pathlib.Path
    rules: pathlib.Path
    overrides: Overrides = Overrides()  # of what the rules call parameters
    phrases: Phrases = Phrases()
    record: pathlib.Path | None = None
    recordings: tuple[pathlib.Path, ...] = ()
    oncall: OncallFile = OncallFile()

    def make_channels(self, clock: Clock) -> list[Channel]:
        """The channels, not connected yet. Raises ConfigError for a secret gone since."""
        return [make(each, clock) for each in self.channels.channels]
