"""The rule that finds the room of a shop's order, of what rooms say of it."""

from __future__ import annotations

import pytest

from monitor.signals.claims import decide
from monitor.signals.placing import Claimed
from tests.stage import fact


@pytest.mark.parametrize(
    ("kind", "room", "claimed", "decided"),
    [
        ("order_paid", "shop:s", Claimed(True, ["a"], ["b"], ["b"], ["b"]), ("a", "")),
        ("order_paid", "shop:s", Claimed(True, ["a", "c"], ["b"]), ("b", "")),
        ("order_refunded", "shop:s", Claimed(True, [], [], ["a"]), (None, "order not known")),
        ("order_paid", "shop:s", Claimed(True), (None, "no session")),
        ("order_paid", "anchor:x", Claimed(False), (None, "anchor not known")),
        ("order_paid", "anchor:x", Claimed(True, [], [], ["a"]), ("a", "")),
        ("order_paid", "anchor:x", Claimed(True, [], [], ["a", "b"]), (None, "several sessions")),
        ("order_paid", "shop:s", Claimed(True, [], [], ["a", "b"], ["b"]), ("b", "")),
        ("order_paid", "shop:s", Claimed(True, [], [], ["a"]), ("a", "")),
        ("order_paid", "shop:s", Claimed(False, [], [], ["a"]), (None, "shop not known")),
        ("order_paid", "shop:s", Claimed(False, [], [], ["a", "b"], ["a", "b"]),
         (None, "on several shelves")),
    ],
)  # fmt: skip
def test_the_surest_claim_decides(kind, room, claimed, decided):
    assert decided == decide(fact(kind, 0.0, room=room), claimed)
