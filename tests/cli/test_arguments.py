"""The words of the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor import __version__
from monitor.cli import main

ROOT = Path(__file__).parents[2]
VERBS = ("run", "demo", "check", "test", "replay", "metrics", "schema", "alerts", "ack", "bench")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_what_it_can_do(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without doing it."""
    with pytest.raises(SystemExit) as left:
        main([verb, "--help"])

    assert 0 == left.value.code
    assert capsys.readouterr().out.startswith(f"usage: roomwatch {verb}")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "required: VERB"),
        (["dance"], "invalid choice: 'dance'"),
        (["demo", "--speed", "0"], "`0` is no speed"),
        (["demo", "--speed", "fast"], "`fast` is no speed"),
        (["demo", "--port", "70000"], "`70000` is no port"),
        (["demo", "--for", "half a minute"], "half a minute"),
        (["replay"], "recording"),
        (["replay", "x", "--format", "morse"], "invalid choice: 'morse'"),
        (["ack"], "key"),
    ],
)
def test_words_that_are_none_are_told_with_what_to_write(
    words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And end with 2."""
    with pytest.raises(SystemExit) as left:
        main(words)

    assert 2 == left.value.code
    assert why in capsys.readouterr().err


def test_a_mistake_is_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard error, and ends with 2."""
    status = main(["check", "--config", str(tmp_path)])
    said = capsys.readouterr()

    assert (2, "") == (status, said.out)
    assert said.err.startswith(f"{tmp_path}/roomwatch.toml:1: can not be read")
    assert 1 == said.err.count("\n")


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """By name."""
    with pytest.raises(SystemExit):
        main(["--version"])

    assert f"roomwatch {__version__}\n" == capsys.readouterr().out


def test_a_full_disk_is_told_in_a_sentence() -> None:
    """`roomwatch metrics > /full/catalogue.md`."""
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "monitor", "metrics", "--markdown"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )

    said = "No space left on device: not all was written — make room\n"
    assert (2, said) == (done.returncode, done.stderr)


def test_a_reader_who_has_seen_enough_is_no_mistake() -> None:
    """`roomwatch metrics | head`."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "monitor", "metrics", "--markdown"],
            cwd=ROOT,
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    finally:
        os.close(writer)

    assert (0, "") == (done.returncode, done.stderr)
