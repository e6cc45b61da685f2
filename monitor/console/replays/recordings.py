"""Which recordings there are, and what one of them is written in.

A recording is a file of lines, .gz or not, in one of a few folders. Its format is found by
reading its beginning in every format there is: the one that understands most is it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from msgspec import Struct

from monitor.formats.decoder import FORMATS, Decoder
from monitor.replay import UNTOLD, frames, open_recording

KINDS = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz")
MOST = 500  # told of, the newest first
LOOKED_AT = 20_000  # files; a folder that holds more is not looked through to its end
BEGINNING = 100  # lines that a format is found by


class Recording(Struct, frozen=True, kw_only=True):
    """A file that can be played. `changed_at` is when it was last written to."""

    name: str
    bytes: int
    changed_at: float


def every(folders: Iterable[Path]) -> list[Recording]:
    """The recordings in these folders and below, the newest first. Reads the disk."""
    found: dict[str, Recording] = {}
    for folder in folders:
        for path in islice(folder.rglob("*"), LOOKED_AT):
            name = path.relative_to(folder).as_posix()
            if not name.endswith(KINDS) or name in found or not name.isprintable():
                continue
            try:
                if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
                    continue  # a link that leads out of the folder
                about = path.stat()
            except OSError:
                continue  # deleted meanwhile
            found[name] = Recording(name=name, bytes=about.st_size, changed_at=about.st_mtime)
    return sorted(found.values(), key=lambda one: -one.changed_at)[:MOST]


def find(folders: Sequence[Path], name: str) -> Path | None:
    """Where the recording of that name is; None for anything else. Reads the disk."""
    if not any(each.name == name for each in every(folders)):
        return None
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a recording, as far as it can be read: one that is cut off ends there."""
    with open_recording(path) as file:
        while True:
            try:
                line = file.readline()
            except (EOFError, OSError, zlib.error):
                return
            if not line:
                return
            yield line


def stem(path: Path) -> str:
    """The file's name without its endings: the room, where the lines name none."""
    return path.name.partition(".")[0] or "room"


def format_of(path: Path) -> str | None:
    """What it is written in; None where no format understands a line of it."""
    beginning = list(frames(islice(lines(path), BEGINNING)))
    best, most = None, 0
    for name in FORMATS:
        decoder = Decoder(source="look", format=name, room=stem(path))
        batches = decoder.receive(beginning, UNTOLD)
        understood = sum(len(batch.events) + len(batch.heard) for batch in batches)
        understood -= decoder.rejected.total()
        if understood > most:
            best, most = name, understood
    return best
