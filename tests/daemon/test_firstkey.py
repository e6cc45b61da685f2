"""Who may use the pages of a daemon whose config names nobody."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from monitor.daemon import firstkey
from monitor.errors import ConfigError
from tests.daemon.ground import Ground, running
from tests.daemon.test_pages import PEOPLE


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    return Ground(tmp_path)


async def test_without_tokens_the_pages_take_the_one_that_was_made(ground: Ground) -> None:
    """It stays the same over a restart, and nobody else of the machine can read it."""
    ground.write(open_pages=False)
    told = []
    for _ in range(2):
        async with running(ground) as stage:
            path = stage.daemon.config.state / firstkey.FILE
            token = path.read_text().strip()
            for bearer in ("guess", token):
                async with stage.session.get(
                    f"{stage.daemon.url}/api/me", headers={"Authorization": f"Bearer {bearer}"}
                ) as answer:
                    told.append((answer.status, (await answer.json()).get("role")))
            async with stage.session.get(f"{stage.daemon.url}/", allow_redirects=False) as answer:
                told.append((answer.status, answer.headers["Location"]))
            assert await stage.daemon.reload(ground.load)

    assert [(401, None), (200, "admin"), (303, "/login")] * 2 == told
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


def test_with_tokens_or_open_none_is_made(ground: Ground, tmp_path: Path) -> None:
    """Nobody at all is whoever sits there; the pages say so."""
    for more, names in ((PEOPLE, ["李敏"]), ("", [])):
        ground.write(more=more)
        config = ground.load()
        config.state.mkdir(exist_ok=True)

        assert names == [person.name for person in firstkey.people(config)]
        assert not (config.state / firstkey.FILE).exists()


def test_a_file_that_can_not_be_is_told(ground: Ground) -> None:
    """With what to write instead."""
    ground.write(open_pages=False)
    config = ground.load()

    with pytest.raises(ConfigError, match=r"first-token: No such file .* — write \[\[tokens\]\]"):
        firstkey.people(config)
