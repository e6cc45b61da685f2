"""Cuts a stream of bytes into lines, and groups the lines."""

from __future__ import annotations


class Lines:
    """Groups of whole lines, each with the number of its last line (the first is 1).

    A group has at most `most_lines` lines and, unless its only line is longer,
    `most_bytes` bytes. Of a line longer than `longest` bytes the rest is thrown
    away, so that a file without line ends does not fill the memory. Groups come as
    soon as they are full, what is left with `end`. Line ends between the lines of a
    group are kept, the last one is not.
    """

    def __init__(self, most_lines: int, most_bytes: int, longest: int) -> None:
        assert most_lines >= 1, "a group has a line"
        assert most_bytes >= 1, "a group has a byte"
        self._most_lines = most_lines
        self._most_bytes = most_bytes
        self._longest = longest
        self._number = 0  # lines ended so far
        self._group: list[bytes] = []
        self._size = 0  # of the group, with the line ends between
        self._open = b""  # the line that has not ended yet

    def feed(self, block: bytes) -> list[tuple[bytes, int]]:
        """Take the next bytes; return the groups that are full."""
        full: list[tuple[bytes, int]] = []
        first, *others = block.split(b"\n")
        self._open = (self._open + first)[: self._longest]
        for line in others:
            self._add(self._open, full)
            self._open = line[: self._longest]
        return full

    def end(self) -> list[tuple[bytes, int]]:
        """The stream has ended; return what is left."""
        full: list[tuple[bytes, int]] = []
        if self._open:
            self._add(self._open, full)
            self._open = b""
        self._flush(full)
        return full

    def _add(self, line: bytes, full: list[tuple[bytes, int]]) -> None:
        if self._group and self._size + 1 + len(line) > self._most_bytes:
            self._flush(full)
        self._group.append(line)
        self._size += len(line) + (len(self._group) > 1)
        self._number += 1
        if len(self._group) >= self._most_lines:
            self._flush(full)

    def _flush(self, full: list[tuple[bytes, int]]) -> None:
        if self._group:
            full.append((b"\n".join(self._group), self._number))
            self._group.clear()
            self._size = 0
