"""Files, gzip and standard input, to their end."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from contextlib import aclosing

import pytest

from monitor.clock import ManualClock
from monitor.errors import SourceError
from monitor.sources.file import FileSettings


def source(path, **changes):
    settings = FileSettings(name="a", format="native", path=str(path), **changes)
    return settings.source(ManualClock())


async def read(from_source):
    async with aclosing(from_source.frames()) as frames:
        return [(frame.data, frame.position) async for frame in frames]


async def test_lines_are_grouped_and_numbered(tmp_path):
    """The position is the number of the frame's last line."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"1\n2\n3\n4\n5")

    assert [(b"1\n2", 2), (b"3\n4", 4), (b"5", 5)] == await read(source(path, lines=2))


async def test_a_gz_file_reads_like_a_plain_one(tmp_path):
    """Larger than one block, to see that blocks are joined."""
    lines = b"".join(b'{"line":%d}\n' % number for number in range(20_000))
    (tmp_path / "a.jsonl").write_bytes(lines)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines, mtime=0))

    plain = await read(source(tmp_path / "a.jsonl"))
    packed = await read(source(tmp_path / "b.jsonl.gz"))

    assert plain == packed
    assert lines == b"".join(data + b"\n" for data, _ in plain)


async def test_at_its_end_it_is_finished(tmp_path):
    """Which is not trouble."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"1\n")
    reader = source(path)
    await read(reader)

    assert "finished" == reader.health.state


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jsonl", None, "No such file or directory"),
        ("a.jsonl.gz", b"not gzip", "damaged (BadGzipFile)"),
        ("a.jsonl.gz", gzip.compress(b"1\n" * 9999, mtime=0)[:-20], "damaged (EOFError)"),
    ],
)
async def test_a_file_that_can_not_be_read_is_refused(tmp_path, name, content, why):
    """Trying again does not help."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    reader = source(path)

    with pytest.raises(SourceError) as error:
        await read(reader)

    assert f"{path}: {why}" == str(error.value)
    assert "refused" == reader.health.state


PROGRAM = """
import asyncio
from contextlib import aclosing
from monitor.clock import ManualClock
from monitor.sources.file import FileSettings

async def main():
    source = FileSettings(name="a", format="native", path="-", lines=2).source(ManualClock())
    async with aclosing(source.frames()) as frames:
        async for frame in frames:
            print(frame.data, frame.position, flush=True)

asyncio.run(main())
"""
LISTENING = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
"""


@pytest.mark.parametrize("piped", [True, False])
def test_standard_input_is_a_pipe_or_a_file(tmp_path, piped):
    """`cat x | roomwatch …` and `roomwatch … < x` give the same."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"1\n2\n3\n")
    with path.open("rb") as stream:
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=subprocess.PIPE if piped else stream,
            stdout=subprocess.PIPE,
        )
        out, _ = program.communicate(b"1\n2\n3\n" if piped else None)

    lines = [line for line in out.splitlines() if line.startswith(b"b'")]
    assert [b"b'1\\n2' 2", b"b'3' 3"] == lines


def test_a_silent_pipe_does_not_keep_the_process_from_ending():
    """SIGINT while it waits: a thread blocked in read() would hang the exit."""
    read_end, write_end = os.pipe()
    program = subprocess.Popen(
        [sys.executable, "-c", LISTENING + PROGRAM],
        stdin=read_end,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.close(read_end)
    os.write(write_end, b"1\n2\n")
    while not program.stdout.readline().startswith(b"b'"):
        pass

    program.send_signal(2)
    program.communicate(timeout=10)
    os.close(write_end)

    assert program.returncode != 0
