"""Log lines."""

from __future__ import annotations

import json
import logging
import os
import pty
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from monitor import logs
from monitor.clock import steady
from monitor.secrets import Secret

CANARY = "canary-7f3a/9+c2=e81"


class Pipe:
    """A log that goes into a pipe; nobody reads before `lines` is called."""

    def __init__(self, **settings: Any) -> None:
        self.reader, self.writer = os.pipe()
        self.log = logs.start(descriptor=self.writer, **settings)

    def text(self) -> str:
        """Close the log and read all that came out."""
        chunks: list[bytes] = []

        def read() -> None:
            while chunk := os.read(self.reader, 65536):
                chunks.append(chunk)

        thread = threading.Thread(target=read)
        thread.start()
        assert self.log.close(10)
        os.close(self.writer)
        self.writer = -1
        thread.join()
        return b"".join(chunks).decode()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]

    def release(self) -> None:
        self.log.close(0)
        for descriptor in (self.reader, self.writer):
            if descriptor >= 0:
                os.close(descriptor)


@pytest.fixture
def pipes() -> Iterator[list[Pipe]]:
    opened: list[Pipe] = []
    yield opened
    for pipe in opened:
        pipe.release()


def test_a_line_is_json_with_a_constant_event_and_fields(pipes: list[Pipe]) -> None:
    """Anywhere but on a terminal; the time is ISO 8601 in UTC, and words stay readable."""
    pipes.append(pipe := Pipe())
    structlog.get_logger().info("notice sent", channel="群", took_s=0.25)
    (line,) = pipe.lines()

    assert line.pop("timestamp").endswith("Z")
    assert {"event": "notice sent", "level": "info", "channel": "群", "took_s": 0.25} == line


def test_the_standard_library_goes_the_same_way(pipes: list[Pipe]) -> None:
    """With the logger's name, and with the exception as text."""
    pipes.append(pipe := Pipe())
    try:
        raise RuntimeError("no")
    except RuntimeError:
        logging.getLogger("asyncio").exception("task %s failed", 7)
    (line,) = pipe.lines()

    assert ("task 7 failed", "error", "asyncio") == (line["event"], line["level"], line["logger"])
    assert "RuntimeError: no" in line["exception"]


def test_levels_are_kept_and_talkative_libraries_are_quiet(pipes: list[Pipe]) -> None:
    """httpx and aiohttp tell whole URLs at `info`."""
    pipes.append(pipe := Pipe(level="info"))
    structlog.get_logger().debug("no")
    logging.getLogger("monitor").debug("no")
    for name in logs.QUIET:
        logging.getLogger(name).info("GET https://hooks.example.invalid/secret")
    logging.getLogger("monitor").info("yes")

    assert ["yes"] == [line["event"] for line in pipe.lines()]


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_known_secret_never_comes_out(pipes: list[Pipe], form: logs.Form) -> None:
    """Not as a value, a key, a part of a message, of an exception, of a repr, or of a URL."""
    Secret(CANARY)
    pipes.append(pipe := Pipe(form=form))

    class Holder:
        def __repr__(self) -> str:
            return f"Holder({CANARY})"

    log = structlog.get_logger()
    log.info("a", value=CANARY, deep={"x": [f"<{CANARY}>", Holder()]}, holder=Holder())
    log.info("b", **{CANARY: 1}, tuple=(CANARY, b"x" + CANARY.encode()))
    log.warning(f"url https://x.invalid/?key={CANARY.replace('/', '%2F').replace('+', '%2B')}")
    logging.getLogger("x").error("failed with %s", CANARY)
    try:
        raise ValueError(CANARY)
    except ValueError:
        log.exception("c")
    text = pipe.text()

    assert 5 <= text.count("[redacted]")
    assert "canary" not in text


def test_fields_that_name_a_secret_are_struck_out(pipes: list[Pipe]) -> None:
    """Whatever they hold; counts and truths stay, and so does an alert's key."""
    pipes.append(pipe := Pipe())
    structlog.get_logger().info(
        "x",
        token="abc",
        mqtt_password=b"abc",
        Authorization="Bearer abc",
        headers={"Set-Cookie": "abc"},
        token_count=3,
        tokens=3,
        key="rule|room",
        said="Authorization: Bearer abcdef.123, x",
        url="mqtt://me:hidden@broker/x",
    )
    (line,) = pipe.lines()
    struck = "[redacted]"

    assert {
        "token": struck,
        "mqtt_password": struck,
        "Authorization": struck,
        "headers": {"Set-Cookie": struck},
        "token_count": 3,
        "tokens": 3,
        "key": "rule|room",
        "said": f"Authorization: Bearer {struck}, x",
        "url": f"mqtt://{struck}@broker/x",
    } == {name: line[name] for name in line if name not in ("event", "level", "timestamp")}


def test_a_terminal_gets_colour_and_is_not_steered() -> None:
    """What a stranger calls their room is shown, not obeyed."""
    master, slave = pty.openpty()
    log = logs.start(descriptor=slave)
    structlog.get_logger().info("room", name="\x1b[2J\u202eevil")
    assert log.close(5)
    shown = os.read(master, 65536).decode()
    os.close(slave)
    os.close(master)

    assert "\x1b[" in shown
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown
    assert "\\u001b[2J\\u202eevil" in shown


def test_a_stalled_reader_never_blocks_and_losses_are_counted(pipes: list[Pipe]) -> None:
    """5,000 lines of 200 bytes into a pipe of 64 KiB: what does not fit is dropped, and told."""
    pipes.append(pipe := Pipe(capacity=500))
    log = structlog.get_logger()
    begun = steady()
    for number in range(5_000):
        log.info("x" * 150, number=number)
    took_s = steady() - begun
    dropped = pipe.log.dropped
    log_lines = pipe.lines()

    assert took_s < 5
    assert dropped >= 3_000
    written = [line for line in log_lines if "number" in line]
    told = sum(line["count"] for line in log_lines if line["event"] == "log lines dropped")
    assert 5_000 == len(written) + told


def test_closing_has_a_deadline(pipes: list[Pipe]) -> None:
    """A reader that never reads does not keep the daemon from stopping."""
    pipes.append(pipe := Pipe())
    for _ in range(1_000):
        structlog.get_logger().info("x" * 200)
    begun = steady()

    assert not pipe.log.close(0.1)
    assert steady() - begun < 2
    os.set_blocking(pipe.reader, False)
    os.read(pipe.reader, 1_000_000)


def test_a_reader_that_left_is_counted(pipes: list[Pipe]) -> None:
    """The daemon lives on without its log."""
    pipes.append(pipe := Pipe())
    os.close(pipe.reader)
    pipe.reader = -1
    structlog.get_logger().info("x")
    assert pipe.log.close(5)

    assert 1 == pipe.log.dropped


def test_a_line_has_a_bound(pipes: list[Pipe]) -> None:
    """A megabyte of text is not logged whole."""
    pipes.append(pipe := Pipe())
    structlog.get_logger().info("x", text="a" * 1_000_000)
    (line,) = pipe.lines()

    assert logs.LONGEST + 1 == len(line["text"])
