"""Secrets are found where the settings say, and nobody sees them by accident."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.secrets import Secret, known, resolve

CANARY = "canary-5f2b9c"


def test_each_of_the_four_places_gives_the_same_secret(tmp_path: Path, monkeypatch):
    """A file's last line break is no part of the secret."""
    path = tmp_path / "token"
    path.write_text(CANARY + "\n")
    monkeypatch.setenv("ROOMWATCH_TOKEN", CANARY)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    found = [
        resolve("token", plain=CANARY),
        resolve("token", file=str(path)),
        resolve("token", env="ROOMWATCH_TOKEN"),
        resolve("token", credential="token"),
    ]

    assert [CANARY] * 4 == [secret.reveal() for secret in found if secret]


def test_nothing_given_is_no_secret():
    """A leaf decides whether it needs one."""

    assert resolve("token") is None


def test_a_secret_shows_itself_to_nobody():
    """Not in a repr, a text, a format, nor by pickling."""
    secret = Secret(CANARY)

    assert CANARY not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_the_log_is_told_what_to_strike_out():
    """Short texts are not: they would strike out ordinary words."""
    Secret("canary-known")
    Secret("ab")

    assert "canary-known" in known()
    assert "ab" not in known()


def test_a_comparison_takes_any_text():
    """compare_digest raises on text that is not ASCII; bytes do not."""
    secret = Secret("口令-canary")

    assert secret.matches("口令-canary")
    assert not secret.matches("口令")
    assert not secret.matches(b"\xff")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"plain": "a", "env": "B"}, "token and token_env name the same secret"),
        ({"file": "/nowhere/token"}, "token_file: `token` can not be read"),
        ({"env": "ROOMWATCH_NOT_SET"}, "token_env: nothing in `ROOMWATCH_NOT_SET`"),
        ({"credential": "token"}, "not started by systemd"),
    ],
)
def test_a_mistake_names_the_place_and_the_remedy(given, expected, monkeypatch):
    """And never the text."""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)

    with pytest.raises(ConfigError) as caught:
        resolve("token", **given)

    assert expected in str(caught.value)
    assert "—" in str(caught.value)


def test_a_credential_does_not_leave_its_directory(tmp_path: Path, monkeypatch):
    """`../x` is not a name."""
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    with pytest.raises(ConfigError):
        resolve("token", credential="../x")
