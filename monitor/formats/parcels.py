"""Scanned facts that were split for another process, opened there.

Keys of names are salted: both processes must have the same salt, or nobody is who they were.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.formats.cloudevents import CloudEvents
from monitor.formats.native import Native
from monitor.scanned import Scanned
from monitor.speedups.loaded import compiled


def salt() -> bytes:
    """The salt of this process; empty where nothing is compiled."""
    return b"" if compiled is None else bytes(compiled.salted())


def use_salt(salt: bytes) -> None:
    """Make keys as the process of that salt does. Raises ValueError if it has another build."""
    if (compiled is None) != (not salt):
        raise ValueError("one process is compiled, the other is not")
    if compiled is not None:
        compiled.salted(salt)


class Parcels:
    """Opens what `Scanned.split` packed."""

    def __init__(self) -> None:
        self._flat = Native().scan.compiled
        self._enveloped = CloudEvents().scan.compiled

    def open(self, messages: Iterable[bytes | memoryview]) -> Scanned:
        """The facts of some messages, in their order. Raises ValueError for what is none.

        Bytes are kept; of what lies elsewhere nothing is needed any more.
        """
        assert compiled is not None
        unpack = compiled.unpack
        return Scanned([unpack(self._flat, self._enveloped, message) for message in messages])
