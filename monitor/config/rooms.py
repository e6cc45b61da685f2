"""Rooms that are known before they say anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta, field

from monitor import durations, money
from monitor.config.section import Section, check_timezone, repeated
from monitor.events import Event, Name, Price, Shelf, Stock, Text
from monitor.signals.rooms import ELSEWHERE, Profile
from monitor.signals.script import Script

PARTS = ("hook", "push", "benefit")


class ProductSettings(Section, frozen=True, kw_only=True):
    """A product that is on the shelf from the start; the price in yuan, as text."""

    sku: Name
    title: Text = ""
    price: str = ""
    stock: Annotated[int, Meta(ge=0, le=10**9)] | None = None


class LimitSettings(Section, frozen=True, kw_only=True):
    """How long each part of the script may last, like `20s`; what is left out is as elsewhere."""

    hook: str = ""
    push: str = ""
    benefit: str = ""

    def __post_init__(self) -> None:
        for segment in PARTS:
            _limit(segment, getattr(self, segment))

    def limits(self, module: str = "") -> dict[tuple[str, str], float]:
        """What is written, as Script keeps it."""
        found = {(module, part): _limit(part, getattr(self, part)) for part in PARTS}
        return {key: limit for key, limit in found.items() if limit is not None}


class ModuleSettings(LimitSettings, frozen=True, kw_only=True):
    """A content module with limits of its own; cues name it."""

    name: Name


class RoomSettings(Section, frozen=True, kw_only=True):
    """A room we know of before it says anything; amounts in its currency, as text."""

    room: Name
    name: str = ""
    platform: str = ""
    anchor: str = ""
    tier: str = ""
    shop: str = ""
    goal: str = ""
    planned: str = ""
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "CNY"
    timezone: str = ""
    products: tuple[ProductSettings, ...] = ()
    limits: LimitSettings = field(default_factory=LimitSettings)
    modules: tuple[ModuleSettings, ...] = ()

    def __post_init__(self) -> None:
        if self.room.startswith(ELSEWHERE):
            raise ValueError(
                f"`room` is `{self.room}`, which names no room — write the room's own id, and"
                " its `shop` or `anchor` beside it"
            )
        check_timezone("timezone", self.timezone)
        _amount("goal", self.goal)
        _limit("planned", self.planned)
        for product in self.products:
            _amount("products", product.price)
        for index in repeated(product.sku for product in self.products):
            raise ValueError(f"`products` holds `{self.products[index].sku}` twice — write it once")
        for index in repeated(module.name for module in self.modules):
            raise ValueError(f"`modules` holds `{self.modules[index].name}` twice — write it once")

    def profile(
        self, modules: Sequence[ModuleSettings] = (), scheduled_s: float | None = None
    ) -> Profile:
        """What the core is told of it; `modules` are those of every room, `scheduled_s` the
        length of its sessions in the timetable, which counts where none is planned here."""
        return Profile(
            room=self.room,
            name=self.name,
            platform=self.platform,
            anchor=self.anchor,
            tier=self.tier,
            shop=self.shop,
            currency=self.currency,
            goal_minor=_amount("goal", self.goal),
            planned_s=_limit("planned", self.planned) or scheduled_s,
            timezone=self.timezone,
            script=script((*modules, *self.modules), self.limits),
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


def script(modules: Sequence[ModuleSettings], limits: LimitSettings | None = None) -> Script:
    """The limits of a room; of modules with one name the last one counts."""
    found = limits.limits() if limits is not None else {}
    for module in modules:
        found |= module.limits(module.name)
    return Script(found)


def _limit(part: str, text: str) -> float | None:
    try:
        limit = durations.parse(text) if text else None
        if limit == 0:
            raise ValueError("can not be 0 — write for example `20s`")
        return limit
    except ValueError as error:
        raise ValueError(f"`{part}`: {error}") from None


def _amount(field: str, text: str) -> int | None:
    try:
        return money.yuan(text) if text else None
    except ValueError as error:
        raise ValueError(f"`{field}`: {error}") from None
