"""What we remember of an order, against the set of its facts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.signals.cycles import Brought
from monitor.signals.orders import NOTHING, Orders
from monitor.signals.place import Stretch

KEY = (1, "o")
LIFE = {  # what a fact adds, in the order of cycles.COLUMNS; None: the order was made
    "created": None,
    "paid": (1, 900, 0, 0, 0),
    "cancelled": (0, 0, 1, 0, 0),
    "refunded": (0, 0, 0, 1, 400),
}


def tell(orders: Orders, kind: str, at: float, key: tuple[int, str] = KEY) -> None:
    if kind in ("created", "paid"):
        orders.made(0, key, orders.known(*key, at), at)
    if kind != "created":
        orders.became(0, key, LIFE[kind] or NOTHING)


@settings(max_examples=100, deadline=None)
@given(
    told=st.lists(st.tuples(st.sampled_from(sorted(LIFE)), st.integers(0, 9)), max_size=6),
    data=st.data(),
)
def test_all_that_becomes_of_an_order_counts_where_it_was_made(told, data):
    """
    In any order; an order that was never made counts nowhere.
    """
    brought = Brought()
    brought.wanted[0] = True
    orders = Orders(brought)
    for kind, at in data.draw(st.permutations(told)):
        tell(orders, kind, at)

    made = [at for kind, at in told if kind in ("created", "paid")]
    total = [
        sum(each) for each in zip(*[LIFE[kind] or NOTHING for kind, _ in told], strict=True)
    ] or list(NOTHING)
    seconds = [Stretch("hook", float(at), 1) for at in range(10)]
    expected = [total if made and second == min(made) else list(NOTHING) for second in range(10)]
    assert expected == brought.of(0, seconds)
    assert (min(made) if made else None) == orders.since(*KEY)


def test_memory_is_bounded_and_the_last_ones_are_known():
    """
    Of at least as many as a generation holds.
    """
    brought = Brought()
    brought.wanted[0] = True
    orders = Orders(brought, size=10)
    for number in range(100):
        tell(orders, "paid", float(number), (1, f"o{number}"))

    kept = [number for number in range(100) if orders.since(1, f"o{number}") is not None]
    assert list(range(kept[0], 100)) == kept
    assert 10 <= len(kept) <= 20
    assert len(orders._became) + len(orders._became_old) <= 20


@given(st.lists(st.tuples(st.sampled_from("pqr"), st.integers(0, 9)), max_size=12))
def test_an_order_is_known_since_the_earliest_we_heard(told):
    """First None, then the earliest instant told before."""
    orders, known = Orders(Brought()), {}

    for order, at in told:
        assert known.get(order) == orders.known(1, order, at)
        known[order] = min(at, known.get(order, at))


def test_orders_of_long_ago_are_let_go():
    """Two generations of 3: the last 3 at least are known."""
    orders = Orders(Brought(), size=3)
    for order in "abcdefgh":
        orders.known(1, order, 1.0)

    assert [None, 1.0, 1.0] == [orders.known(1, order, 2.0) for order in "agh"]


def test_of_products_that_are_gone_nothing_is_known():
    brought = Brought()
    brought.wanted[0] = True
    orders = Orders(brought)
    for product in (1, 2):
        tell(orders, "paid", 3.0, (product, "o"))

    orders.forget({1})

    assert (None, 3.0) == (orders.since(1, "o"), orders.since(2, "o"))
    assert [(2, "o")] == list(orders._became)
