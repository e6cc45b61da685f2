"""The rule that finds the room of a shop's order, of what rooms say of it (attribution.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from monitor.events import OrderCreated, OrderFact, OrderPaid

Room = TypeVar("Room", covariant=True)  # noqa: PLC0105  its row here, or its name everywhere


class Claims(Protocol[Room]):
    """What rooms say of an order; `owned` where they are those of its shop or anchor.

    Those that have heard of it; whose session it names; that were live when it was made;
    of these, the ones that had the product on their shelf.
    """

    @property
    def owned(self) -> bool: ...
    @property
    def known(self) -> Sequence[Room]: ...
    @property
    def in_session(self) -> Sequence[Room]: ...
    @property
    def live(self) -> Sequence[Room]: ...
    @property
    def listed(self) -> Sequence[Room]: ...


def decide(event: OrderFact, claims: Claims[Room]) -> tuple[Room | None, str]:
    """The room of an order, or why it has none."""
    for sure in (claims.known, claims.in_session):
        if len(sure) == 1:
            return sure[0], ""
    if not isinstance(event, OrderCreated | OrderPaid):
        return None, "order not known"
    named = event.room.partition(":")[0]
    live, owned = claims.live, claims.owned
    if not live:
        return None, "no session" if owned else f"{named} not known"
    if named == "anchor":
        return (live[0], "") if len(live) == 1 else (None, "several sessions")
    listed = claims.listed
    if len(listed) == 1:
        return listed[0], ""
    if owned and len(live) == 1:
        return live[0], ""
    if listed:
        return None, "on several shelves"
    return None, "several sessions" if owned else "shop not known"
