"""The two files of a config folder."""

from __future__ import annotations

import pathlib

import pytest

from monitor import config
from monitor.config.files import ChannelsFile, MainFile
from monitor.errors import ConfigError

ROOT = pathlib.Path(__file__).parents[2]
GOOD = "0123456789abcdef0123456789abcdef"
SOURCE = '[[sources]]\nname = "x"\nformat = "native"\n'


@pytest.fixture
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A config folder beside a folder of rules."""
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    (tmp_path / "rules").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "roomwatch.toml").write_text("", encoding="utf-8")
    return tmp_path / "config"


def told(folder: pathlib.Path, main: str, channels: str | None = None) -> list[str]:
    """The mistakes in these files, without the folder's name."""
    (folder / "roomwatch.toml").write_text(main, encoding="utf-8")
    if channels is not None:
        (folder / "channels.toml").write_text(channels, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        config.load(folder)
    return [mistake.replace(f"{folder}/", "") for mistake in refused.value.mistakes]


def test_an_empty_config_is_the_embedded_default(folder: pathlib.Path) -> None:
    """Loopback, nobody needs a token, alerts are on the screen."""
    loaded = config.load(folder)

    assert (MainFile(), ChannelsFile(), ()) == (loaded.main, loaded.channels, loaded.people)
    assert (folder.parent / "state", folder.parent / "rules") == (loaded.state, loaded.rules)
    assert loaded == config.load(folder / "roomwatch.toml")


def test_systemd_says_where_the_state_is(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the file says."""
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/roomwatch:/var/lib/other")

    assert pathlib.Path("/var/lib/roomwatch") == config.load(folder).state


def test_every_mistake_of_both_files_is_told(folder: pathlib.Path) -> None:
    """Each with its line and what to write; one file does not hide the other."""
    main = """\
[http]
listen = "nowhere"
[[sources]]
kind = "mqtt"
name = "broker"
brocker = "mqtt://localhost"
format = "native"
"""
    channels = """\
[[routes]]
name = "all"
channels = ["slack"]
"""

    assert [
        "roomwatch.toml:2: `listen` is `nowhere` — write an address and a port: `127.0.0.1:8731`",
        "roomwatch.toml:3: broker: missing field `broker` — write text",
        "roomwatch.toml:3: broker: missing field `topic` — write text",
        "roomwatch.toml:6: broker: unknown field `brocker` — did you mean `broker`?",
        "channels.toml:3: all: unknown channel `slack` — leave it out",
    ] == told(folder, main, channels)


def test_strangers_are_not_let_in(folder: pathlib.Path) -> None:
    """An address that others reach needs a token for the pages and for each door."""
    main = """\
[http]
listen = "0.0.0.0:8731"
[[sources]]
kind = "webhook"
name = "shop"
format = "native"
"""

    assert [
        "roomwatch.toml:2: `0.0.0.0:8731` is reached by others and nobody needs a token"
        " — add [[tokens]], or listen on 127.0.0.1",
        "roomwatch.toml:3: shop: is reached by others and asks for no token"
        " — add `token_file`, or listen on 127.0.0.1",
    ] == told(folder, main)

    main += f'token = "{GOOD[::-1]}"\n'
    main += f'[[tokens]]\nname = "li"\nrole = "admin"\ntoken = "{GOOD}"\n'
    (folder / "roomwatch.toml").write_text(main, encoding="utf-8")

    assert ["li"] == [person.name for person in config.load(folder).people]


def test_names_are_given_once(folder: pathlib.Path) -> None:
    """Of tokens, rooms, sources and routes; and a token is one person's."""
    main = f"""\
[[tokens]]
name = "li"
role = "admin"
token = "{GOOD}"
[[tokens]]
name = "li"
role = "viewer"
token = "{GOOD}"
[[rooms]]
room = "a"
[[rooms]]
room = "a"
[[sources]]
kind = "webhook"
name = "s"
format = "native"
[[sources]]
kind = "webhook"
name = "s"
format = "natve"
"""
    channels = """\
[[routes]]
name = "r"
channels = []
[[routes]]
name = "r"
channels = []
"""

    assert [
        "roomwatch.toml:6: li: `li` is there twice — use another name",
        "roomwatch.toml:12: `a` is there twice — use another room",
        "roomwatch.toml:19: s: `s` is there twice — use another name",
        "roomwatch.toml:5: li: this token is somebody else's too — give each their own",
        "roomwatch.toml:20: s: unknown format `natve` — did you mean `native`?",
        "channels.toml:5: r: `r` is there twice — use another name",
    ] == told(folder, main, channels)


@pytest.mark.parametrize(
    ("main", "mistake"),
    [
        ('[rules]\nfolder = "rulse"', "2: no such folder: rulse — write where the rules are"),
        (
            '[console]\nrecordings = "tapse"',
            "2: no such folder: tapse — write where recordings are, or leave it out",
        ),
        ('[daemon]\ntimezone = "Mars"', "2: `timezone` is `Mars`, which is no timezone"),
        ('[engine]\nforget_silent_s = 60', "2: `forget_silent_s` can not be `60.0` — write 600"),
        ('[engine]\nlateness_s = -1', "2: `lateness_s` can not be `-1.0` — write a number above 0"),
        ("[engine]\ntick_s = 0.01", "2: `tick_s` can not be `0.01` — write a number >= 0.05"),
        ("[engine]\nworkers = 0", "2: `workers` can not be `0` — write a whole number >= 1"),
        ("[retention]\nhistory_days = 0", "2: `history_days` can not be `0` — write a number > 0"),
        (
            '[[rooms]]\nroom="dy-1"\n[[timetable]]\nroom = "dy-2"\nstart="20:00"\nend="23:00"',
            "4: unknown room `dy-2` — did you mean `dy-1`?",
        ),
        (
            f'{SOURCE}kind = "websocket_client"\nurl = "http://x"',
            "1: x: url: not a WebSocket address",
        ),
        (
            f'{SOURCE}kind = "webhook"\ntoken_env = "NOWHERE_SET"',
            "1: x: token_env: nothing in `NOWHERE_SET` — set the variable NOWHERE_SET",
        ),
        ('[[sources]]\nkind = "kafka"', "2: unknown kind `kafka` — write one of file, mqtt"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_told_with_its_line(
    folder: pathlib.Path, main: str, mistake: str
) -> None:
    """Before anything is started."""
    (found,) = told(folder, main)

    assert found.startswith(f"roomwatch.toml:{mistake}")


def test_a_config_that_is_not_there_is_told(tmp_path: pathlib.Path) -> None:
    """With the name that was looked for."""
    with pytest.raises(ConfigError, match=r"roomwatch\.toml:1: can not be read: No such file"):
        config.load(tmp_path)


def test_the_operator_s_phrases_are_read_from_the_config_s_folder(folder: pathlib.Path) -> None:
    """With it, and its mistakes are told beside those of the others."""
    (folder / "own.yaml").write_text("harmless: [主播太坑了]", encoding="utf-8")
    (folder / "roomwatch.toml").write_text('[mood]\nphrases = "own.yaml"\n', encoding="utf-8")

    assert ("主播太坑了",) == config.load(folder).phrases.harmless
    (folder / "own.yaml").write_text("harmless: [坑]", encoding="utf-8")
    assert [
        "own.yaml:1:12: `坑` has 1 letters — write 2 to 40",
        "channels.toml:1: unknown field `x`",
    ] == [
        mistake.partition(" — write one of")[0]
        for mistake in told(folder, '[mood]\nphrases = "own.yaml"\n', "x = 1\n")
    ][::-1]
    assert ["none.yaml:1:1: can not be read: No such file or directory"] == [
        mistake.partition(" — ")[0]
        for mistake in told(folder, '[mood]\nphrases = "none.yaml"\n', "")
    ]


def test_mistakes_of_the_rota_are_told_with_their_line(folder: pathlib.Path) -> None:
    """And so is a channel that is none of channels.toml."""
    (folder / "oncall.toml").write_text(
        '[[people]]\nname = "li"\nchannels = ["slak"]\n[[shifts]]\nname = "s"\n'
        'people = ["lo"]\nstart = "18:00"\nend = "2:00"\n',
        encoding="utf-8",
    )
    assert ["oncall.toml:8"] == [line[:13] for line in told(folder, "", "")]

    (folder / "oncall.toml").write_text(
        '[[people]]\nname = "li"\nchannels = ["slak"]\n', encoding="utf-8"
    )
    channels = '[[channels]]\nkind = "log"\nname = "slack"\n'
    assert ["oncall.toml:3: li: unknown channel `slak` — did you mean `slack`?"] == told(
        folder, "", channels
    )


def test_overrides_of_parameters_know_where_they_stand(folder: pathlib.Path) -> None:
    """What they are of is for the rules to say, with the line of this file."""
    (folder / "roomwatch.toml").write_text(
        '[daemon]\ntimezone = "Europe/London"\n\n[[params]]\nrule = "low"\n'
        'values = { floor = 3, patience = "45s" }\ntiers = ["tail"]\n',
        encoding="utf-8",
    )
    found = config.load(folder).overrides

    assert (("low", {"floor": 3.0, "patience": "45s"}, ("tail",)), "Europe/London") == (
        (found.items[0].rule, found.items[0].values, found.items[0].tiers),
        found.timezone,
    )
    assert found.mistake(("params", 0, "rule"), "no such rule").endswith(
        "roomwatch.toml:5: no such rule"
    )


def test_hours_that_are_none_are_a_mistake(folder: pathlib.Path) -> None:
    text = '[[params]]\nrule = "low"\nvalues = { floor = 3 }\nhours = "evening"\n'

    assert [
        "roomwatch.toml:4: `hours` is `evening`, which are none — write for example `20:00-23:00`"
    ] == told(folder, text)
