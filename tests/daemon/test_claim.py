"""A state folder is of one daemon."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.daemon.claim import claim
from monitor.errors import ConfigError
from tests.daemon.ground import Ground, running


def test_a_folder_is_claimed_once_until_it_is_let_go(tmp_path: Path) -> None:
    file = claim(tmp_path)
    with pytest.raises(ConfigError, match=f"{tmp_path} is in use by another roomwatch"):
        claim(tmp_path)
    os.close(file)
    again = claim(tmp_path)
    os.close(again)


def test_a_process_that_is_killed_lets_it_go(tmp_path: Path) -> None:
    program = (
        "import pathlib, signal, sys\n"
        "from monitor.daemon.claim import claim\n"
        "claim(pathlib.Path(sys.argv[1])); print('claimed', flush=True); signal.pause()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert b"claimed\n" == other.stdout.readline()
        with pytest.raises(ConfigError):
            claim(tmp_path)
        other.kill()
    os.close(claim(tmp_path))


async def test_a_second_daemon_on_the_same_state_is_refused_and_the_first_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    ground = Ground(tmp_path)
    async with running(ground) as stage:
        with pytest.raises(ConfigError, match="in use by another roomwatch"):
            async with running(ground):
                pass
        await stage.post(*[stage.comment() for _ in range(3)])
        await stage.move(0.5)

        assert ["busy|r fired"] == stage.changes
    async with running(ground):
        pass
