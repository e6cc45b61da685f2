"""The two files of a config folder, read together and checked whole before anything starts.

    roomwatch.toml   the daemon, its pages, sources, rooms, timetable
    channels.toml    where alerts go; without it only the screen shows them

A leaf's settings stand in the leaf: to add one, write it into `AnySource` or
`AnyChannel`. A table checks itself; here is checked what stands between tables, and
that every leaf can be built.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Literal, TypeVar

from msgspec import Meta, Struct

from monitor import tomlfile
from monitor.alerts.dispatch import DispatchSettings
from monitor.alerts.mutes import Inhibition, Mute, Mutes, QuietHours
from monitor.alerts.routes import Route, Routes
from monitor.clock import ManualClock
from monitor.config.http import HttpSettings, TokenSettings
from monitor.config.rooms import RoomSettings
from monitor.config.section import Section, check_timezone, repeated
from monitor.console.access import Person
from monitor.documents import Document, Loaded
from monitor.errors import ConfigError
from monitor.formats.decoder import FORMATS
from monitor.intake import InboxLimits
from monitor.logs import Form
from monitor.shapes import Path, suggest
from monitor.signals.tables import Settings as CoreSettings
from monitor.sources.file import FileSettings
from monitor.sources.mqtt import MqttSettings
from monitor.sources.redis_stream import RedisStreamSettings
from monitor.sources.webhook import WebhookSettings
from monitor.sources.websocket_client import WebsocketClientSettings
from monitor.sources.websocket_server import WebsocketServerSettings
from monitor.timetable import Expected, Time

T = TypeVar("T")

AnySource = (
    FileSettings | MqttSettings | RedisStreamSettings
    | WebhookSettings | WebsocketClientSettings | WebsocketServerSettings
)  # fmt: skip
DOORS = (WebhookSettings, WebsocketServerSettings)  # sources that others connect to

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

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if not isinstance(value, bool) and value <= 0:
                raise ValueError(f"`{name}` can not be `{value}` — write a number above 0")


class RulesSettings(Section, frozen=True, kw_only=True):
    """The folder of rules, from the config's own."""

    folder: str = "../rules"


class LoggingSettings(Section, frozen=True, kw_only=True):
    """How much is logged, and in what form."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    form: Form = "auto"


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
    sources: tuple[AnySource, ...] = ()
    rooms: tuple[RoomSettings, ...] = ()
    timetable: tuple[Expected, ...] = ()
    logging: LoggingSettings = LoggingSettings()
    retention: RetentionSettings = RetentionSettings()


class ChannelsFile(Section, frozen=True, kw_only=True):
    """What channels.toml says. `default` is told where no route matches."""

    default: tuple[str, ...] = ()
    notices: DispatchSettings = DispatchSettings()
    routes: tuple[Route, ...] = ()
    mutes: tuple[Mute, ...] = ()
    quiet_hours: tuple[QuietHours, ...] = ()
    inhibitions: tuple[Inhibition, ...] = ()


class Config(Struct, frozen=True, kw_only=True):
    """Everything that was written, and what follows from it."""

    folder: pathlib.Path
    main: MainFile
    channels: ChannelsFile
    people: tuple[Person, ...]
    state: pathlib.Path
    rules: pathlib.Path


def load(path: pathlib.Path) -> Config:
    """The config of a folder (or of the roomwatch.toml in it).

    Raises ConfigError with every mistake in both files. Reads secrets from where
    they lie; connects to nothing.
    """
    folder = path if path.suffix != ".toml" else path.parent
    mistakes: list[str] = []
    main, main_document = _file(folder / "roomwatch.toml", MainFile, mistakes)
    channels: ChannelsFile | None = ChannelsFile()
    channels_document: Document | None = None
    if (folder / "channels.toml").exists():
        channels, channels_document = _file(folder / "channels.toml", ChannelsFile, mistakes)
    people: list[Person] = []
    if main is not None and main_document is not None:
        mistakes += _tell(main_document, _main_mistakes(main, folder, people))
    if channels is not None and channels_document is not None:
        mistakes += _tell(channels_document, _channels_mistakes(channels))
    if mistakes:
        raise ConfigError(*mistakes)
    assert main is not None, "no file is a mistake"
    assert channels is not None, "a file that does not fit is a mistake"
    return Config(
        folder=folder,
        main=main,
        channels=channels,
        people=tuple(people),
        state=_state(main, folder),
        rules=_from(folder, main.rules.folder),
    )


Found = Iterator[tuple[Path, str]]  # where in the file, and what is wrong there


def _file(
    path: pathlib.Path, wanted: type[T], mistakes: list[str]
) -> tuple[T | None, Document | None]:
    try:
        loaded: Loaded[T] = tomlfile.load(path, wanted, str(path))
    except ConfigError as error:
        mistakes.extend(error.mistakes)
        return None, None
    return loaded.value, loaded.document


def _tell(document: Document, found: Found) -> list[str]:
    return [document.mistake(path, what) for path, what in found]


def _main_mistakes(main: MainFile, folder: pathlib.Path, people: list[Person]) -> Found:
    """What is wrong between the tables of roomwatch.toml; fills `people`."""
    for table, names in {
        "tokens": [each.name for each in main.tokens],
        "rooms": [each.room for each in main.rooms],
        "sources": [each.name for each in main.sources],
    }.items():
        yield from _repeated(table, "room" if table == "rooms" else "name", names)
    for index, token in enumerate(main.tokens):
        try:
            people.append(token.person())
        except ConfigError as error:
            yield ("tokens", index), str(error)
    for index in repeated(person.token for person in people):
        yield ("tokens", index), "this token is somebody else's too — give each their own"
    yield from _open_doors(main)
    yield from _unbuildable("sources", main.sources, lambda each: each.source(ManualClock()))
    for index, source in enumerate(main.sources):
        if source.format not in FORMATS:
            advice = suggest(source.format, FORMATS)
            yield ("sources", index, "format"), f"unknown format `{source.format}` — {advice}"
    rooms = {each.room for each in main.rooms}
    for index, expected in enumerate(main.timetable):
        if expected.room not in rooms:
            advice = suggest(expected.room, rooms) if rooms else "add it as [[rooms]]"
            yield ("timetable", index, "room"), f"unknown room `{expected.room}` — {advice}"
    if not _from(folder, main.rules.folder).exists():
        what = f"no such folder: {_from(folder, main.rules.folder)} — write where the rules are"
        yield ("rules", "folder"), what


def _open_doors(main: MainFile) -> Found:
    """What would let strangers in."""
    if main.http.loopback:
        return
    if not main.tokens:
        yield (
            ("http", "listen"),
            f"`{main.http.listen}` is reached by others and nobody needs a token"
            " — add [[tokens]], or listen on 127.0.0.1",
        )
    for index, source in enumerate(main.sources):
        if isinstance(source, DOORS) and not _has_token(source):
            yield (
                ("sources", index),
                "is reached by others and asks for no token"
                " — add `token_file`, or listen on 127.0.0.1",
            )


def _has_token(source: WebhookSettings | WebsocketServerSettings) -> bool:
    return bool(source.token or source.token_file or source.token_env or source.token_credential)


def _channels_mistakes(channels: ChannelsFile) -> Found:
    """What is wrong between the tables of channels.toml."""
    names: list[str] = []
    yield from _repeated("routes", "name", [each.name for each in channels.routes])
    yield from _repeated("mutes", "name", [each.name for each in channels.mutes])
    known = Routes(channels=names)
    for index, route in enumerate(channels.routes):
        for name in known.unknown(route.channels):
            yield (
                ("routes", index, "channels"),
                f"unknown channel `{name}` — {suggest(name, names)}",
            )
    for name in known.unknown(channels.default):
        yield ("default",), f"unknown channel `{name}` — {suggest(name, names)}"
    try:
        Mutes(inhibitions=channels.inhibitions)
    except ConfigError as error:
        yield ("inhibitions",), str(error)


def _repeated(table: str, key: str, names: Sequence[str]) -> Found:
    for index in repeated(names):
        yield (table, index, key), f"`{names[index]}` is there twice — use another {key}"


def _unbuildable(table: str, leaves: Sequence[T], build: Callable[[T], Any]) -> Found:
    """Leaves that say no to their own settings: a secret that is not there, a bad address."""
    for index, leaf in enumerate(leaves):
        try:
            build(leaf)
        except ConfigError as error:
            for mistake in error.mistakes:
                yield (table, index), mistake


def _from(folder: pathlib.Path, name: str) -> pathlib.Path:
    """A path as the config means it: from its own folder."""
    return pathlib.Path(os.path.normpath(folder / name))


def _state(main: MainFile, folder: pathlib.Path) -> pathlib.Path:
    """systemd gives a list of folders, of which ours is the first."""
    given = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return pathlib.Path(given) if given else _from(folder, main.daemon.state)
