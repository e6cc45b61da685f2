"""What passes from the doors to the core: frames as they came, and batches of facts.

source ─ Frame ─ decoder ─ Batch ─ shard
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from monitor.scanned import Facts


class Frame(Struct, frozen=True, kw_only=True):
    """Bytes as the platform sent them.

    `position` is the source's own mark of how far it has come, handed back to
    `Source.acknowledge`. `key` identifies the frame in a transport that may send
    it again under the same name (a Redis entry id); None where there is no such
    name. `topic` is what the transport says of it (an MQTT topic, a stream).
    """

    data: bytes
    received_at: float
    position: Any = None
    key: str | None = None
    topic: str | None = None


class Batch(Struct, kw_only=True):
    """Facts of one source that were read together.

    `source` scopes the ids of the events. `heard` names rooms that were heard
    from without a fact in it (a heartbeat, a message we have no use for): proof
    that a feed is alive.
    """

    source: str
    events: Facts
    received_at: float
    heard: tuple[str, ...] = ()
