"""Holds what peers push until it is read: bounded in frames and in bytes.

Full means: the newest is not taken, and `offer` says so. Who offered decides what
becomes of it (a WebSocket peer's is shed and counted, an HTTP peer hears 503).
"""

from __future__ import annotations

import asyncio
from collections import deque

from monitor.frames import Frame


class Waiting:
    """A queue of frames with one reader. Not full again before something was taken."""

    def __init__(self, most_frames: int, most_bytes: int) -> None:
        self._most_frames = most_frames
        self._most_bytes = most_bytes
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._some = asyncio.Event()

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def bytes(self) -> int:
        return self._bytes

    def offer(self, frame: Frame) -> bool:
        """Take the frame, or return False where it does not fit."""
        size = len(frame.data)
        if len(self._frames) >= self._most_frames:
            return False
        if self._frames and self._bytes + size > self._most_bytes:
            return False  # one frame always fits, or a bound below it would stop everything
        self._frames.append(frame)
        self._bytes += size
        self._some.set()
        return True

    async def take(self) -> Frame:
        while not self._frames:
            self._some.clear()
            await self._some.wait()
        frame = self._frames.popleft()
        self._bytes -= len(frame.data)
        return frame

    def clear(self) -> None:
        self._frames.clear()
        self._bytes = 0
