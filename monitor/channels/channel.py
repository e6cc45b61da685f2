"""The contract of a channel: it sends one notice, and says whether trying again can help."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from monitor.alerts.alert import Notice


class Limits(Struct, frozen=True):
    """How often a channel may be used: `burst` at once, `per_minute` in the long run.

    `reserve` of the burst is kept for critical notices. `timeout_s` bounds one send.
    """

    per_minute: float
    burst: int
    reserve: int = 0
    timeout_s: float = 10.0


class Channel(Protocol):
    """Sends notices to one place.

    `send` MUST raise DeliveryError when the receiver did not take the notice, also
    when it says so in the body of a 200, and MUST NOT retry by itself: delivery/
    does the trying. It returns the receiver's own reference for the message, to be
    given back in `Notice.reference` for the next notice of the same alert (so that
    it can be edited in place), or None. It MUST NOT let a secret into an error, a log line
    or a repr.
    """

    name: str
    limits: Limits

    async def send(self, notice: Notice) -> str | None: ...

    async def aclose(self) -> None: ...
