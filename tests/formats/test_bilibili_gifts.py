"""
Bilibili's money is counted once, as it was paid.
"""

import msgspec
import pytest

from monitor.errors import FrameError
from monitor.events import Gift
from monitor.formats.bilibili_command import Command, Context
from monitor.formats.bilibili_gifts import MOST_COMBOS, combo, gift, guard, super_chat

NOW = 1_795_370_000.0


def context(combos: dict[str, None] | None = None, **data: object) -> Context:
    raw = msgspec.Raw(msgspec.json.encode(data))
    return Context(Command(cmd="X", data=raw), "r", NOW, {} if combos is None else combos)


def sent(combos: dict[str, None] | None = None, **changed: object) -> Context:
    gift = {"uname": "u", "giftName": "花", "num": 3, "total_coin": 300, "batch_combo_id": "b"}
    return context(combos, **gift | changed)


def combined(combos: dict[str, None] | None = None, **changed: object) -> Context:
    said = {"uname": "u", "gift_name": "花", "combo_num": 3, "combo_total_coin": 300}
    return context(combos, **said | {"batch_combo_id": "b"} | changed)


def test_a_combo_counts_unless_its_gifts_came_through() -> None:
    """
    By batch_combo_id, whoever sent it.
    """
    seen: dict[str, None] = {}
    (fact,) = gift(sent(seen))
    assert isinstance(fact, Gift)

    assert (3, 30) == (fact.value, fact.amount_minor)
    assert [] == combo(combined(seen))
    assert 1 == len(combo(combined(seen, batch_combo_id="other")))
    assert 1 == len(combo(combined()))


def test_the_memory_of_combos_is_bounded() -> None:
    """
    The oldest is forgotten first.
    """
    seen: dict[str, None] = dict.fromkeys(map(str, range(MOST_COMBOS)))
    gift(sent(seen, batch_combo_id="new"))

    assert MOST_COMBOS == len(seen)
    assert "0" not in seen
    assert "new" in seen


def test_silver_is_worth_nothing() -> None:
    """
    It is earned by watching.
    """
    (fact,) = gift(sent(coin_type="silver"))

    assert isinstance(fact, Gift)
    assert 0 == fact.amount_minor


def test_a_guard_costs_its_price_whatever_the_number_of_months() -> None:
    """
    USER_TOAST_MSG tells the price of all of them.
    """
    (fact,) = guard(context(username="u", role_name="舰长", price=316_000, num=2))

    assert isinstance(fact, Gift)
    assert (2, 31_600) == (fact.value, fact.amount_minor)


@pytest.mark.parametrize("said", [{"user_info": {"uname": "u"}}, {"user_info_uname": "u"}])
def test_a_super_chat_is_a_gift_in_yuan(said: dict[str, object]) -> None:
    """
    With its sender nested, or flattened by a recorder.
    """
    (fact,) = super_chat(context(id=7, price=30, **said))

    assert isinstance(fact, Gift)
    assert ("u", 3_000, "super_chat:7") == (fact.user, fact.amount_minor, fact.id)


def test_money_that_can_not_be_is_refused() -> None:
    """
    Negative, not whole, or absurd.
    """
    for translation, bad in (
        (gift, sent(total_coin=-1)),
        (combo, combined(combo_total_coin=10**18)),
        (guard, context(username="u", role_name="g", price=-5)),
        (super_chat, context(id=1, price=0.001)),
    ):
        with pytest.raises(FrameError, match="money out of range"):
            translation(bad)
