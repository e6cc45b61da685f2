"""Numbered frames of one picture: what changed, and the whole for whoever is too far behind.

seq      1      2       3      4
frame   delta  delta   evt   delta        a ring of the last `RING` of them
         base 0  base 1 base 2  base 3
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

RING = 16  # frames; about eight quiet seconds, or a burst of alerts

_encode = msgspec.json.Encoder().encode


class Reel:
    """Every frame is encoded once, however many screens are sent it."""

    def __init__(self, whole: Callable[[], dict[str, Any]]) -> None:
        self.seq = 0
        self._whole = whole
        self._ring: deque[bytes] = deque(maxlen=RING)
        self._snapshot: tuple[int, bytes] | None = None

    def add(self, kind: str, parts: dict[str, Any], now: float) -> bool:
        """One more frame, unless nothing changed."""
        if not parts:
            return False
        base, self.seq = self.seq, self.seq + 1
        head = {"type": kind, "seq": self.seq, "base": base, "server_time": now}
        self._ring.append(_encode(head | parts))
        return True

    def forget_snapshot(self) -> None:
        """The whole has changed without a frame of its own."""
        self._snapshot = None

    def snapshot(self, now: float) -> bytes:
        """Everything, encoded once for each seq."""
        if self._snapshot is None or self._snapshot[0] != self.seq:
            head = {"type": "snap", "seq": self.seq, "server_time": now}
            self._snapshot = (self.seq, _encode(head | self._whole()))
        return self._snapshot[1]

    def since(self, seq: int) -> list[bytes] | None:
        """The frames after `seq`; None where only the snapshot helps."""
        behind = self.seq - seq
        if behind == 0:
            return []
        if not 0 < behind <= len(self._ring):
            return None
        return list(self._ring)[-behind:]
