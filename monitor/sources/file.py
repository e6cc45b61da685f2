"""Plays a file of JSON lines (plain or .gz) or the standard input, and ends with it.

Lines are yielded many at a time, which is several times as fast; `position` is the
number of a frame's last line. A line's own time of receiving, if it has one, is the
format's to read.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import stat
import sys
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

from msgspec import Meta

from monitor.clock import Clock
from monitor.errors import SourceError
from monitor.frames import Frame
from monitor.sources.lines import Lines
from monitor.sources.source import LARGEST_PAYLOAD, SourceHealth, SourceSettings
from monitor.sources.standing import Standing

BLOCK = 64 * 1024

Read = Callable[[], Awaitable[bytes]]


class FileSettings(SourceSettings, frozen=True, kw_only=True, tag="file"):
    """`path` is a file, a .gz file or `-` for the standard input."""

    path: str
    lines: Annotated[int, Meta(ge=1, le=100_000)] = 500  # at most, in a frame
    frame_bytes: Annotated[int, Meta(ge=1024, le=LARGEST_PAYLOAD)] = 128 * 1024

    def source(self, clock: Clock) -> File:
        return File(self, clock)


class File:
    """One file, read once, as fast as it is taken."""

    def __init__(self, settings: FileSettings, clock: Clock) -> None:
        self.name = settings.name
        self._settings = settings
        self._clock = clock
        self._standing = Standing(settings.name, clock)

    @property
    def health(self) -> SourceHealth:
        return self._standing.health

    def window(self) -> int | None:
        return None

    async def acknowledge(self, upto: Any) -> None:
        """A file stays where it is."""

    async def frames(self) -> AsyncIterator[Frame]:
        settings = self._settings
        lines = Lines(settings.lines, settings.frame_bytes, LARGEST_PAYLOAD + 1)
        try:
            with contextlib.ExitStack() as stack:
                read = await self._open(stack)
                self._standing.connected()
                while block := await read():
                    for data, number in lines.feed(block):
                        yield self._frame(data, number)
                for data, number in lines.end():
                    yield self._frame(data, number)
        except (OSError, EOFError, zlib.error) as error:
            why = getattr(error, "strerror", None) or f"damaged ({type(error).__name__})"
            self._standing.refused(f"{settings.path}: {why}")
            raise SourceError(f"{settings.path}: {why}") from None
        self._standing.finished()

    def _frame(self, data: bytes, number: int) -> Frame:
        frame = Frame(data=data, received_at=self._clock.now(), position=number)
        self._standing.took(frame)
        return frame

    async def _open(self, stack: contextlib.ExitStack) -> Read:
        if self._settings.path != "-":
            path = Path(self._settings.path)
            return _in_thread(await asyncio.to_thread(_open, path, stack))
        mode = os.fstat(sys.stdin.fileno()).st_mode
        if stat.S_ISREG(mode):
            return _in_thread(sys.stdin.buffer)
        return await _pipe(stack)


def _open(path: Path, stack: contextlib.ExitStack) -> BinaryIO:
    if path.suffix == ".gz":
        return cast("BinaryIO", stack.enter_context(gzip.open(path, "rb")))
    return stack.enter_context(path.open("rb"))


def _in_thread(stream: BinaryIO) -> Read:
    """Disk and gzip are read off the loop."""

    async def read() -> bytes:
        return await asyncio.to_thread(stream.read, BLOCK)

    return read


async def _pipe(stack: contextlib.ExitStack) -> Read:
    """A thread that waits on a silent pipe could not be stopped: the loop waits instead."""
    reader = asyncio.StreamReader(limit=BLOCK)
    protocol = asyncio.StreamReaderProtocol(reader)
    copy = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, copy)
    stack.callback(os.set_blocking, sys.stdin.fileno(), True)  # it is shared with our parent
    stack.callback(transport.close)

    async def read() -> bytes:
        return await reader.read(BLOCK)

    return read
