"""Where the daemon listens, and whom it lets in."""

from __future__ import annotations

import pathlib
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor import shapes
from monitor.config.http import HttpSettings, TokenSettings
from monitor.console.scope import EVERYTHING, Scope
from monitor.errors import ConfigError

GOOD = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("listen", "address", "loopback"),
    [
        ("127.0.0.1:8731", ("127.0.0.1", 8731), True),
        ("127.8.8.8:0", ("127.8.8.8", 0), True),
        ("localhost:80", ("localhost", 80), True),
        ("[::1]:8731", ("::1", 8731), True),
        ("0.0.0.0:8731", ("0.0.0.0", 8731), False),
        ("[::]:8731", ("::", 8731), False),
        ("10.0.0.7:8731", ("10.0.0.7", 8731), False),
        ("rooms.example.com:8731", ("rooms.example.com", 8731), False),
    ],
)
def test_an_address_is_loopback_only_for_sure(
    listen: str, address: tuple[str, int], loopback: bool
) -> None:
    """A name may mean any address, so it counts as reachable by others."""
    settings = HttpSettings(listen=listen)

    assert (address, loopback) == (settings.address, settings.loopback)


@pytest.mark.parametrize(
    "wrong",
    [
        {"listen": "8731"},
        {"listen": ":8731"},
        {"listen": "127.0.0.1"},
        {"listen": "127.0.0.1:99999"},
        {"public_url": "rooms.example.com"},
        {"public_url": "https://rooms.example.com/wall"},
        {"trusted_proxies": ["10.0.0.0/8", "proxy"]},
        {"tls_cert": "cert.pem"},
        {"frame_hosts": ["https://screens.example.com; script-src *"]},
        {"frame_hosts": ["*"]},
    ],
)
def test_a_slip_is_told_at_its_field(wrong: dict[str, Any]) -> None:
    """With what to write."""
    _, (mistake,) = shapes.fit(wrong, HttpSettings)

    assert (next(iter(wrong)),) == mistake.path
    assert " — write " in mistake.what


def test_a_token_comes_from_where_it_lies(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file, a variable, or the config itself; and it is in no repr."""
    (tmp_path / "token").write_text(f"{GOOD}\n", encoding="utf-8")
    monkeypatch.setenv("ROOMWATCH_TOKEN", GOOD)
    people = [
        TokenSettings(name="li", role="admin", token=GOOD).person(),
        TokenSettings(name="li", role="admin", token_file=f"{tmp_path}/token").person(),
        TokenSettings(name="li", role="admin", token_env="ROOMWATCH_TOKEN").person(),
    ]

    assert [GOOD] * 3 == [person.token for person in people]
    assert GOOD not in repr(people)


@pytest.mark.parametrize(("token", "why"), [("", "missing field `token`"), ("secret", "shorter")])
def test_a_token_is_given_and_long(token: str, why: str) -> None:
    """128 bits can not be guessed; the message does not repeat it."""
    with pytest.raises(ConfigError, match=why) as refused:
        TokenSettings(name="li", role="viewer", token=token).person()

    assert not token or token not in str(refused.value)


def test_a_screen_in_the_hall_sees_less_and_from_there_only() -> None:
    """Up to a day; what is not said is not limited."""
    hall = TokenSettings(
        name="hall", role="viewer", token=GOOD, rooms=("dy-*",), mask=("gmv",),
        networks=("10.0.0.0/8",), expires=datetime(2027, 1, 31, tzinfo=UTC),
    ).person()  # fmt: skip
    wall = TokenSettings(name="wall", role="viewer", token=GOOD).person()

    assert Scope(rooms=("dy-*",), gmv=False) == hall.scope
    assert (("10.0.0.0/8",), 1_801_353_600.0) == (hall.networks, hall.expires_at)
    assert (EVERYTHING, (), float("inf")) == (wall.scope, wall.networks, wall.expires_at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rooms": ["a"], "role": "operator"},
        {"mask": ["gmv"], "role": "admin"},
        {"mask": ["gvm"], "role": "viewer"},
        {"networks": ["the hall"], "role": "viewer"},
        {"expires": datetime(2027, 1, 31), "role": "viewer"},  # noqa: DTZ001  that is the slip
    ],
)
def test_a_slip_in_what_a_token_shows_is_told(wrong: dict[str, Any]) -> None:
    """At its field, with what to write."""
    _, (mistake,) = shapes.fit({"name": "hall", "token": GOOD} | wrong, TokenSettings)

    assert next(iter(wrong)) in (*mistake.path, *mistake.what.split("`"))
    assert " — " in mistake.what
