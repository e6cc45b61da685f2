"""Remembers what a channel was told of each alert, so that the rest of its story follows."""

from __future__ import annotations

from collections import OrderedDict
from typing import Literal

from msgspec import Struct

from monitor.alerts.alert import Notice

REMEMBERED = 20_000  # alerts of a channel; the oldest is forgotten, and told as if unknown

Outcome = Literal["sent", "dead", "expired"]


class Known(Struct, frozen=True):
    """What became of the notice that an alert fired."""

    outcome: Outcome
    reference: str | None = None


class Told:
    """One channel's memory, by `key|episode`."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Known] = OrderedDict()

    def note(self, notice: Notice, outcome: Outcome, reference: str | None = None) -> None:
        """Something became of a notice. A later failure does not undo what was told."""
        for told_as in notice.tells_of:
            before = self._known.get(told_as)
            if before is not None and before.outcome == "sent":
                if outcome != "sent":
                    continue
                reference = before.reference or reference
            known = Known(outcome, reference if notice.alone else None)
            self._known[told_as] = known
            self._known.move_to_end(told_as)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def reference(self, notice: Notice) -> str | None:
        """The message to edit for this notice, if there is one; a reminder is a new one."""
        edits = notice.alone and notice.change.change != "again"
        known = self._known.get(notice.change.told_as) if edits else None
        return known.reference if known else None

    def missed(self, notice: Notice) -> Outcome | None:
        """How all the alerts of this notice failed to be told here; None: one was told, or
        nothing is known."""
        outcomes: set[Outcome] = set()
        for told_as in notice.tells_of:
            known = self._known.get(told_as)
            if known is None or known.outcome == "sent":
                return None
            outcomes.add(known.outcome)
        return "dead" if "dead" in outcomes else "expired"
