"""What holds for every test, held against tests that break it."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]

FORGETFUL = {
    "these tasks outlived their test": """
import asyncio

async def test_it():
    test_it.kept = asyncio.create_task(asyncio.Event().wait())
""",
    "these threads outlived their test": """
import threading

def test_it():
    threading.Thread(target=threading.Event().wait, daemon=True).start()
""",
    "a test wants to talk to 192.0.2.1": """
import socket

def test_it():
    with socket.socket() as out:
        out.connect(("192.0.2.1", 80))
""",
}


@pytest.mark.parametrize("complaint", FORGETFUL)
def test_a_forgetful_test_fails(complaint: str, tmp_path: pathlib.Path) -> None:
    """A task, a thread, a connection out of this machine: each is named."""
    (tmp_path / "test_it.py").write_text(FORGETFUL[complaint], encoding="utf-8")
    guards = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    short = guards.replace("PATIENCE_S = 2.0", "PATIENCE_S = 0.01")
    (tmp_path / "conftest.py").write_text(short, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )

    assert 1 == done.returncode
    assert complaint in done.stdout
