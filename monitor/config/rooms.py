"""Rooms that are known before they say anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from monitor import money
from monitor.config.section import Section, check_timezone, repeated
from monitor.events import Event, Name, Price, Shelf, Stock, Text
from monitor.signals.rooms import Profile


class ProductSettings(Section, frozen=True, kw_only=True):
    """A product that is on the shelf from the start; the price in yuan, as text."""

    sku: Name
    title: Text = ""
    price: str = ""
    stock: Annotated[int, Meta(ge=0, le=10**9)] | None = None


class RoomSettings(Section, frozen=True, kw_only=True):
    """A room we know of before it says anything; amounts in its currency, as text."""

    room: Name
    name: str = ""
    platform: str = ""
    anchor: str = ""
    tier: str = ""
    goal: str = ""
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "CNY"
    timezone: str = ""
    products: tuple[ProductSettings, ...] = ()

    def __post_init__(self) -> None:
        check_timezone("timezone", self.timezone)
        _amount("goal", self.goal)
        for product in self.products:
            _amount("products", product.price)
        for index in repeated(product.sku for product in self.products):
            raise ValueError(f"`products` holds `{self.products[index].sku}` twice — write it once")

    def profile(self) -> Profile:
        return Profile(
            room=self.room,
            name=self.name,
            platform=self.platform,
            anchor=self.anchor,
            tier=self.tier,
            currency=self.currency,
            goal_minor=_amount("goal", self.goal),
            timezone=self.timezone,
        )

    def facts(self, now: float) -> Iterator[Event]:
        """What the config says of the shelf, as facts for the core."""
        for product in self.products:
            sku = product.sku
            price = _amount("price", product.price)
            yield Shelf(room=self.room, at=now, at_from="received", sku=sku, title=product.title,
                        on=True, price=price)  # fmt: skip
            if price is not None:
                yield Price(room=self.room, at=now, at_from="received", sku=sku,
                            amount_minor=price, currency=self.currency)  # fmt: skip
            if product.stock is not None:
                yield Stock(room=self.room, at=now, at_from="received", sku=sku,
                            value=product.stock, kind="gauge")  # fmt: skip


def _amount(field: str, text: str) -> int | None:
    try:
        return money.yuan(text) if text else None
    except ValueError as error:
        raise ValueError(f"`{field}`: {error}") from None
