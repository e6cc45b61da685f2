"""The contract of a format.

A format is a leaf: it knows one platform's frames and nothing else. `Decoder`
(the machine) drives it, counts what can not be read and never raises.
"""

from __future__ import annotations

from typing import Protocol

from monitor.events import Event
from monitor.frames import Frame


class Read:
    """What one frame said: facts, refusals, names of things unknown to us."""


class Format(Protocol):
    """Turns one frame into facts.

    It MUST return every fact the frame holds, in the frame's order, and MUST
    raise nothing but FrameError.
    """

    def read(self, frame: Frame) -> list[Event]: ...
