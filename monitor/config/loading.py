"""Reads a config folder: both files are checked whole before anything starts.

A table checks itself; here is checked what stands between tables, and that every
leaf can be built.
"""

from __future__ import annotations

import os
import pathlib
from typing import TypeVar

from monitor import tomlfile
from monitor.clock import ManualClock
from monitor.config import oncall as on_call
from monitor.config.channels import ChannelsFile, mistakes_between
from monitor.config.files import Config, MainFile
from monitor.config.oncall import OncallFile
from monitor.config.section import Found, repeated, repeated_names, unbuildable
from monitor.console.person import Person
from monitor.documents import Document
from monitor.errors import ConfigError
from monitor.formats.decoder import FORMATS
from monitor.mood import phrases
from monitor.mood.phrases import Phrases
from monitor.rules.parameters import Overrides
from monitor.shapes import suggest
from monitor.sources.webhook import WebhookSettings
from monitor.sources.websocket_server import WebsocketServerSettings

T = TypeVar("T")

DOORS = (WebhookSettings, WebsocketServerSettings)  # sources that others connect to


def load(path: pathlib.Path) -> Config:
    """The config of a folder (or of the roomwatch.toml in it).

    Raises ConfigError with every mistake in all of them. Reads secrets from where
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
        mistakes += _tell(channels_document, mistakes_between(channels))
    rota = _oncall(folder / "oncall.toml", channels, mistakes)
    own = Phrases()
    if main is not None and main.mood.phrases:
        try:
            own = phrases.load(_from(folder, main.mood.phrases))
        except ConfigError as error:
            mistakes += error.mistakes
    if mistakes:
        raise ConfigError(*mistakes)
    assert main is not None, "no file is a mistake"
    assert main_document is not None, "it is there where the file is"
    assert channels is not None, "a file that does not fit is a mistake"
    state = _state(main, folder)
    record = state / main.record.folder if main.record.folder else None
    recordings = _from(folder, main.console.recordings) if main.console.recordings else None
    return Config(
        folder=folder,
        main=main,
        channels=channels,
        people=tuple(people),
        state=state,
        rules=_from(folder, main.rules.folder),
        overrides=Overrides(main.params, main.daemon.timezone, main_document.mistake),
        phrases=own,
        oncall=rota,
        record=record,
        recordings=tuple(each for each in (recordings, record) if each is not None),
    )


def _oncall(path: pathlib.Path, channels: ChannelsFile | None, mistakes: list[str]) -> OncallFile:
    """Who is on call. Names of channels are checked where those can be read."""
    if not path.exists():
        return OncallFile()
    rota, document = _file(path, OncallFile, mistakes)
    if rota is None or document is None:
        return OncallFile()
    if channels is not None:
        names = [each.name for each in channels.channels]
        mistakes += _tell(document, on_call.mistakes_between(rota, names))
    return rota


def _file(
    path: pathlib.Path, wanted: type[T], mistakes: list[str]
) -> tuple[T | None, Document | None]:
    try:
        loaded = tomlfile.load(path, wanted, str(path))
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
        "modules": [each.name for each in main.modules],
        "sources": [each.name for each in main.sources],
    }.items():
        yield from repeated_names(table, "room" if table == "rooms" else "name", names)
    for index, token in enumerate(main.tokens):
        try:
            people.append(token.person())
        except ConfigError as error:
            yield ("tokens", index), str(error)
    for index in repeated(person.token for person in people):
        yield ("tokens", index), "this token is somebody else's too — give each their own"
    yield from _open_doors(main)
    yield from unbuildable("sources", main.sources, lambda each: each.source(ManualClock()))
    for index, source in enumerate(main.sources):
        if source.format not in FORMATS:
            advice = suggest(source.format, FORMATS)
            yield ("sources", index, "format"), f"unknown format `{source.format}` — {advice}"
    rooms = {each.room for each in main.rooms}
    for index, expected in enumerate(main.timetable):
        if expected.room not in rooms:
            advice = suggest(expected.room, rooms) if rooms else "add it as [[rooms]]"
            yield ("timetable", index, "room"), f"unknown room `{expected.room}` — {advice}"
    recordings = _from(folder, main.console.recordings)
    if main.console.recordings and not recordings.is_dir():
        what = f"no such folder: {recordings} — write where recordings are, or leave it out"
        yield ("console", "recordings"), what
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


def _from(folder: pathlib.Path, name: str) -> pathlib.Path:
    """A path as the config means it: from its own folder."""
    return pathlib.Path(os.path.normpath(folder / name))


def _state(main: MainFile, folder: pathlib.Path) -> pathlib.Path:
    """systemd gives a list of folders, of which ours is the first."""
    given = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return pathlib.Path(given) if given else _from(folder, main.daemon.state)
