"""The commands of the Makefile, and what they say when something is missing."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
BASH = shutil.which("bash") or "/bin/bash"


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder with the Makefile and what it looks at, and nothing set up in it."""
    for name in ("Makefile", "pyproject.toml", "config", "tests/install_services.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    return tmp_path


def run(folder: pathlib.Path, *command: str, **environment: str) -> tuple[int, str]:
    """What a command in that folder says; a MAKEFLAGS of ours is not for it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    kept.pop("PYTHON", None)
    done = subprocess.run(
        command, cwd=folder, env=kept | environment, check=False, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def program(folder: pathlib.Path, name: str, text: str) -> str:
    """A new program of that name in the folder's `bin`."""
    path = folder / "bin" / name
    with path.open("x", encoding="utf-8") as file:  # never into something that is there
        file.write(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def borrow(folder: pathlib.Path, *names: str) -> None:
    """Programs of this machine in the folder's `bin`; no links, or one could write through them."""
    for name in names:
        real = shutil.which(name)
        assert real, f"{name} is not on this machine"
        program(folder, name, f'exec {real} "$@"')


def beside(folder: pathlib.Path) -> str:
    """The PATH of a machine that has nothing but the folder's `bin`."""
    script = folder / "tests" / "install_services.sh"
    text = script.read_text(encoding="utf-8")
    more = "PATH=$PATH:/usr/sbin:/sbin"
    assert more in text, "this machine's own programs would be found"
    script.write_text(text.replace(more, ""), encoding="utf-8")
    return str(folder / "bin")


def test_a_python_without_venv_is_named_with_its_remedy(folder: pathlib.Path) -> None:
    """Debian leaves it out; the message names the package."""
    python = program(
        folder, "python3", f'case "$*" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"'
    )
    status, said = run(folder, "make", "setup", f"PYTHON={python}")

    assert 2 == status
    assert (
        f"{python} can not make virtual environments: `sudo apt-get install python3-venv`" in said
    )


def test_an_old_python_is_named_with_its_remedy(folder: pathlib.Path) -> None:
    """Whoever has several can name another."""
    python = program(folder, "python3.9", "exit 1")
    status, said = run(folder, "make", "setup", f"PYTHON={python}")

    assert 2 == status
    assert f"{python} is not Python 3.11 or newer: name another with `make PYTHON=" in said


def test_no_python_at_all_is_told(folder: pathlib.Path) -> None:
    """With what to install."""
    borrow(folder, "make")
    status, said = run(folder, "make", "setup", PATH=str(folder / "bin"))

    assert 2 == status
    assert "roomwatch needs Python 3.11 or newer: install it" in said


def test_every_python_has_its_own_environment(folder: pathlib.Path) -> None:
    """So the second does not spoil the first."""
    python = program(folder, "python3.99", f'exec {sys.executable} "$@"')
    _, plain = run(folder, "make", "--dry-run", "setup")
    _, named = run(folder, "make", "--dry-run", "setup", f"PYTHON={python}")

    assert "-m venv .venv\n" in plain
    assert "-m venv .venv-python3.99\n" in named


def test_a_missing_service_is_named_where_apt_is_not_allowed(folder: pathlib.Path) -> None:
    """All of them, in one line to copy; nobody is asked for a password."""
    borrow(folder, "sort", "tr")
    program(folder, "id", "echo 1000")
    program(folder, "sudo", 'test "$1" = -n || exit 9; exit 1')
    program(folder, "apt-get", "exit 9")
    program(folder, "mosquitto", "")
    status, said = run(folder, BASH, "tests/install_services.sh", PATH=beside(folder))

    packages = "chromium redis-server systemd"

    assert (1, f"the tests need: {packages} — sudo apt-get install {packages} \n") == (status, said)


def test_missing_services_are_installed_where_that_is_allowed(folder: pathlib.Path) -> None:
    """Only the missing ones, and without a question."""
    borrow(folder, "sort", "tr", "touch", "chmod")
    program(folder, "id", "echo 0")
    install = (
        f'echo "$DEBIAN_FRONTEND $*" >> {folder}/asked; test "$1" = install || exit 0\n'
        f"for name in redis-server mosquitto systemd-analyze; do"
        f" touch {folder}/bin/$name; chmod +x {folder}/bin/$name; done"
    )
    program(folder, "apt-get", install)
    program(folder, "chromium", "")
    status, said = run(folder, BASH, "tests/install_services.sh", PATH=beside(folder))

    assert 0 == status, said
    assert [
        "noninteractive update -qq",
        "noninteractive install -y -qq --no-install-recommends mosquitto redis-server systemd",
    ] == (folder / "asked").read_text(encoding="utf-8").split("\n")[:2]


def test_continuous_integration_runs_the_tests(folder: pathlib.Path) -> None:
    """`.ci/run` is `make test`, from wherever it is called, with nobody to ask."""
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    program(folder, "make", 'echo "$CI $PWD $*"; cat')
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    status, said = run(folder / "config", "../.ci/run", PATH=path)

    assert (0, f"true {folder} test\n") == (status, said)


@pytest.mark.parametrize("target", ["setup", "demo", "test", "bench", "style", "screenshots"])
def test_each_word_is_a_command(folder: pathlib.Path, target: str) -> None:
    """Make knows what to do for each."""
    status, said = run(folder, "make", "--dry-run", target, "ARGS=--for 60s")

    assert 0 == status, said
    assert ("--for 60s" in said) == (target in ("demo", "test", "bench"))
