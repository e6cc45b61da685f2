"""What we remember of an order, against the set of its facts."""

from __future__ import annotations

import zlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.signals.cycles import COLUMNS, Brought
from monitor.signals.orders import Orders, Told
from monitor.signals.place import Stretch

KEY = (1, "o")
NOTHING = (0,) * len(COLUMNS)
LIFE = {  # what a fact adds, in the order of cycles.COLUMNS; None: the order was made
    "created": None,
    "paid": (1, 900, 0, 0, 0),
    "cancelled": (0, 0, 1, 0, 0),
    "refunded": (0, 0, 0, 1, 400),
}


def told(*facts: tuple[int, str, float]) -> Told:
    """Facts of orders of room 0: (product, order, at)."""
    products, names, at = zip(*facts, strict=True)
    return Told(
        np.zeros(len(facts), np.int64), np.array(products), keys(*names), np.array(at, float)
    )


def keys(*names: str):
    return np.array([zlib.crc32(name.encode()) | 1 for name in names], np.int64)


def tell(orders: Orders, kind: str, at: float, key: tuple[int, str] = KEY) -> None:
    if kind in ("created", "paid"):
        orders.made(told((*key, at)))
    if kind != "created":
        orders.became(told((*key, at)), np.array([LIFE[kind]]))


def since(orders: Orders, product: int, order: str) -> float | None:
    return orders.since(product, int(keys(order)[0]))


@settings(max_examples=100, deadline=None)
@given(
    facts=st.lists(st.tuples(st.sampled_from(sorted(LIFE)), st.integers(0, 9)), max_size=6),
    data=st.data(),
)
def test_all_that_becomes_of_an_order_counts_where_it_was_made(facts, data):
    """
    In any order; an order that was never made counts nowhere.
    """
    brought = Brought()
    brought.wanted[0] = True
    orders = Orders(brought)
    for kind, at in data.draw(st.permutations(facts)):
        tell(orders, kind, at)

    made = [at for kind, at in facts if kind in ("created", "paid")]
    total = [
        sum(each) for each in zip(*[LIFE[kind] or NOTHING for kind, _ in facts], strict=True)
    ] or list(NOTHING)
    seconds = [Stretch("hook", float(at), 1) for at in range(10)]
    expected = [total if made and second == min(made) else list(NOTHING) for second in range(10)]
    assert expected == brought.of(0, seconds)
    assert (min(made) if made else None) == since(orders, *KEY)


def test_memory_is_bounded_and_the_last_ones_are_known():
    """
    Of at least as many as a generation holds.
    """
    brought = Brought()
    brought.wanted[0] = True
    orders = Orders(brought, size=10)
    for number in range(100):
        tell(orders, "paid", float(number), (1, f"o{number}"))

    kept = [number for number in range(100) if since(orders, 1, f"o{number}") is not None]
    assert list(range(kept[0], 100)) == kept
    assert 10 <= len(kept) <= 20
    assert len(orders) <= 20


@given(st.lists(st.lists(st.tuples(st.sampled_from("pqr"), st.integers(0, 9)), max_size=5)))
def test_an_order_is_known_since_the_earliest_we_heard(batches):
    """First unknown, then the earliest instant told before; many times in a batch, too."""
    orders, known = Orders(Brought()), {}

    for batch in batches:
        expected = []
        for order, at in batch:
            expected.append(known.get(order, float("nan")))
            known[order] = min(at, known.get(order, at))
        if batch:
            actual = orders.made(told(*((1, order, at) for order, at in batch)))
            np.testing.assert_equal(actual, np.array(expected))


def test_orders_of_long_ago_are_let_go():
    """Two generations of 3: the last 3 at least are known."""
    orders = Orders(Brought(), size=3)
    for order in "abcdefgh":
        orders.made(told((1, order, 1.0)))

    assert [None, 1.0, 1.0] == [since(orders, 1, order) for order in "agh"]


def test_of_products_that_are_gone_nothing_is_known():
    brought = Brought()
    brought.wanted[0] = True
    orders = Orders(brought)
    for product in (1, 2):
        tell(orders, "paid", 3.0, (product, "o"))

    orders.forget({1})

    assert (None, 3.0) == (since(orders, 1, "o"), since(orders, 2, "o"))


def test_orders_of_products_that_are_gone_take_no_memory():
    """
    Fifty times 1,000 orders of products that come and go; one product stays.
    """
    brought = Brought()
    brought.wanted[0] = True
    orders = Orders(brought)
    tell(orders, "paid", 3.0, (1, "stays"))
    for wave in range(50):
        names = [f"{wave}-{number}" for number in range(1000)]
        orders.made(told(*((2, name, 5.0) for name in names)))
        orders.forget({2})

    assert len(orders) < 3000
    assert (3.0, None) == (since(orders, 1, "stays"), since(orders, 2, "49-7"))
    seconds = [Stretch("hook", float(at), 1) for at in range(6)]
    tell(orders, "cancelled", 4.0, (1, "stays"))
    assert [1, 900, 1, 0, 0] == brought.of(0, seconds)[3]
