"""Both wire forms of our own facts at one door: CloudEvents where a frame says so, else flat.

A CloudEvent carries `specversion`, by its specification; a flat fact has no such
field. A frame is of one form: what is mixed is refused item by item, with the reason.
"""

from __future__ import annotations

from monitor.formats.cloudevents import CloudEvents
from monitor.formats.format import Read
from monitor.formats.native import Native
from monitor.frames import Frame

LOOK_BYTES = 2048  # the first item begins within these


class Either:
    """Reads native and CloudEvents frames alike."""

    def __init__(self) -> None:
        self._native = Native()
        self._cloudevents = CloudEvents()

    def forget(self, rooms: int) -> None:
        self._native.forget(rooms)
        self._cloudevents.forget(rooms)

    def read(self, frame: Frame, room: str | None) -> Read:
        if b'"specversion"' in frame.data[:LOOK_BYTES]:
            return self._cloudevents.read(frame, room)
        return self._native.read(frame, room)
