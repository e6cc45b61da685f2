"""The files of a config folder: which tables and leaves there are."""

from __future__ import annotations

import os
import pathlib
import re
from typing import Any, get_args

import pytest
from msgspec import Struct
from msgspec.structs import fields

from monitor import config, tomlfile
from monitor.channels.table import ChannelSettings
from monitor.clock import ManualClock
from monitor.config.files import AnySource
from monitor.sources.source import RetrySettings

COMMON = (*RetrySettings.__struct_fields__, "language", "utc_offset_h", "fallback")
ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A config folder beside a folder of rules."""
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    (tmp_path / "rules").mkdir()
    (tmp_path / "config").mkdir()
    return tmp_path / "config"


def documented(name: str) -> str:
    return (ROOT / "config" / name).read_text(encoding="utf-8")


def test_the_shipped_config_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is: on loopback, with a WebSocket and an HTTP door, and nothing to install."""
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    loaded = config.load(ROOT / "config")

    assert loaded.main.http.loopback
    assert ["websocket_server", "webhook"] == [
        str(source.__struct_config__.tag) for source in loaded.main.sources
    ]
    assert (ROOT / "rules", ROOT / "state") == (loaded.rules, loaded.state)
    assert ["log"] == [channel.name for channel in loaded.make_channels(ManualClock())]


def left_out(value: Any, written: Any, where: str) -> list[str]:
    """The fields of Structs that are not written, by the names of their tables.

    What all sources or all channels have in common is written in one of them.
    """
    if isinstance(value, tuple) and value and isinstance(value[0], Struct):
        tables = [text for text in written if isinstance(text, dict)]
        once = {key: text[key] for text in tables for key in text}
        shared = {key: once[key] for key in COMMON if key in once}
        return [
            each
            for part, text in zip(value, written, strict=True)
            for each in left_out(part, shared | text if isinstance(text, dict) else text, where)
        ]
    if not isinstance(value, Struct):
        return []
    lost = []
    for each in fields(value):
        if each.encode_name not in written:
            lost.append(f"{where}.{each.encode_name}")
        else:
            inner = getattr(value, each.name)
            lost += left_out(inner, written[each.encode_name], f"{where}.{each.encode_name}")
    return lost


def test_the_shipped_config_documents_every_key_and_every_example_could_be_in_force(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every comment taken off, the loader takes it, and no key of any table is left out."""
    for name in ("roomwatch.toml", "channels.toml", "oncall.toml"):
        text = re.sub(r"(?m)^# ?(?=[a-z_]+ = |\[)", "", documented(name))
        (folder / name).write_text(text, encoding="utf-8")
        for variable in re.findall(r'_env = "(\w+)"', text):
            monkeypatch.setenv(variable, os.urandom(16).hex())
    (folder.parent / "recordings").mkdir()
    (folder / "phrases.yaml").write_text(documented("phrases.yaml"), encoding="utf-8")
    loaded = config.load(folder)
    main = tomlfile.parse(folder / "roomwatch.toml").root
    channels = tomlfile.parse(folder / "channels.toml").root
    oncall = tomlfile.parse(folder / "oncall.toml").root

    assert [] == left_out(loaded.main, main, "roomwatch")
    assert [] == left_out(loaded.channels, channels, "channels")
    assert [] == left_out(loaded.oncall, oncall, "oncall")
    assert [15.0, 30.0, 60.0] == [step.after_s for step in loaded.oncall.escalations[0].steps]
    assert {arm.__struct_config__.tag for arm in get_args(AnySource)} == {
        source.__struct_config__.tag for source in loaded.main.sources
    }
    assert {arm.__struct_config__.tag for arm in get_args(ChannelSettings)} == {
        channel.__struct_config__.tag for channel in loaded.channels.channels
    }
