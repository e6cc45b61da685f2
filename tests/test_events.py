"""
One frozen Struct per fact: the table of facts whole, with the bounds of every field.
"""

import msgspec
import pytest

from monitor.events import KINDS, Comment, Counted, Event, Fact, OrderPaid

NOW = 1_795_370_000.0

# The table of facts: type -> its own fields, a `?` where one may be missing.
TABLE = """
comment          user text reply_to? is_host? is_moderator? fan_level?
like             user? value?
share            user? value?
follow           user? value?
fan_join         user? value?
gift             user gift value? amount_minor? currency? virtual? combo?
enter            user? value? via?
leave            user? value? via?
viewers          online? total? lower_bound? capped?
impressions      value?
product_shown    sku user? value?
product_clicked  sku user? value?
product_carted   sku user? value?
order_created    order sku quantity? amount_minor? currency? user? shop?
order_paid       order sku quantity? amount_minor? currency? user? shop?
order_cancelled  order sku quantity? amount_minor? currency? user? shop?
order_refunded   order sku quantity? amount_minor? currency? user? shop?
stock            sku value kind? reserved?
price            sku amount_minor was_minor? currency?
shelf            sku title? on price?
pin              sku
unpin            sku
segment          segment module? cycle? inferred? confidence?
flash_sale       sku phase price stock?
lucky_bag        bag phase phrase? seconds? entrants?
coupon           coupon phase value?
session          phase reason? goal_minor? anchor? tier?
speech           text confidence?
stream           bitrate? fps? dropped? picture? sound?
traffic          source value spend_minor?
mark             text by
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
COMMON = {"room", "at", "id?", "at_from?", "session?", "platform?"}
HOW_COUNTED = {"kind?", "lower_bound?", "capped?"}
COMMERCE = {"product_shown", "product_clicked", "product_carted", "stock", "price", "shelf"}


@pytest.mark.parametrize(("name", "fields"), [(row[0], row[1:]) for row in ROWS])
def test_a_fact_has_the_fields_of_the_table(name: str, fields: list[str]) -> None:
    """
    Beside those that all facts have, and those that say how something was counted.
    """
    kind = KINDS[name]
    has = {f"{i.name}{'' if i.required else '?'}" for i in msgspec.structs.fields(kind)}
    counted = HOW_COUNTED if issubclass(kind, Counted) else set()

    assert COMMON | counted | set(fields) == has
    assert ("commerce" if name in COMMERCE or name.startswith("order_") else "live") == kind.family


def test_there_is_no_fact_beside_the_table() -> None:
    """
    In its order.
    """
    assert [row[0] for row in ROWS] == list(KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_facts_are_frozen_and_not_watched_for_circles(kind: type[Fact]) -> None:
    """
    A fact holds only strings and numbers, so the collector need not look at it.
    """
    config = kind.__struct_config__

    assert (True, False, "type") == (config.frozen, config.gc, config.tag_field)
    assert kind.__doc__


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (-1, "amount_minor"),
        (10**15 + 1, "amount_minor"),
        (1.5, "amount_minor"),
        (-1, "quantity"),
        ("", "sku"),
        ("x" * 257, "order"),
        ("YUAN", "currency"),
        (0.0, "at"),
        (1.8e12, "at"),
        ("guess", "at_from"),
    ],
)
def test_what_is_out_of_bounds_is_not_read(bad: object, field: str) -> None:
    """
    Money, counts, names, currencies and times have bounds on the wire.
    """
    order = {"type": "order_paid", "room": "r", "at": NOW, "order": "o", "sku": "s"}
    assert isinstance(msgspec.convert(order, Event), OrderPaid)

    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.convert(order | {field: bad}, Event)


def test_ids_are_strings() -> None:
    """
    They exceed what a float holds, and a tool that sends numbers has already rounded them.
    """
    comment = {"type": "comment", "room": "r", "at": NOW, "user": "u", "text": "t"}

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(comment | {"id": 7137682087200558000}, Event)
    assert isinstance(msgspec.convert(comment | {"id": "7137682087200558000"}, Event), Comment)
