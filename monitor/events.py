"""One frozen Struct per fact.

The wire name is the tag; CloudEvents calls the same fact `<family>.<tag>.v1`. Money is
minor units beside their ISO-4217 currency, `at` is epoch seconds (UTC) of when it happened:

    at_from    platform: it said so · recovered: from its id · received: nobody said, it is
               when it reached us

Identity is (source, id): the configured source, or that of the CloudEvent. Without an id
its position in the connection identifies a fact, so two equal texts are two facts.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, get_args

from msgspec import Meta, Struct

Text = Annotated[str, Meta(max_length=4096)]
Name = Annotated[str, Meta(min_length=1, max_length=256)]
Instant = Annotated[float, Meta(ge=946_684_800, le=4_102_444_800)]  # years 2000 to 2100
Count = Annotated[int, Meta(ge=0, le=10**9)]
Change = Annotated[int, Meta(ge=-(10**9), le=10**9)]
Minor = Annotated[int, Meta(ge=0, le=10**15)]
Currency = Annotated[str, Meta(min_length=3, max_length=3)]
Fraction = Annotated[float, Meta(ge=0, le=1)]
Origin = Literal["platform", "recovered", "received"]


class Fact(Struct, frozen=True, kw_only=True, gc=False):
    """What every fact has."""

    family: ClassVar[str] = "live"

    room: Name
    at: Instant
    id: Name | None = None
    at_from: Origin = "platform"
    session: Name | None = None
    platform: Name | None = None


class Counted(Fact, frozen=True, kw_only=True, gc=False):
    """A fact that is a number: how many since the last one, so far, or just now."""

    value: Count = 1
    kind: Literal["delta", "total", "gauge"] = "delta"
    lower_bound: bool = False
    capped: bool = False


class Comment(Fact, frozen=True, kw_only=True, gc=False, tag="comment"):
    """A viewer wrote something."""

    user: Name
    text: Text
    reply_to: Name | None = None
    is_host: bool = False
    is_moderator: bool = False
    fan_level: Count | None = None


class Done(Counted, frozen=True, kw_only=True, gc=False):
    """What a viewer does, whether or not we are told who."""

    user: Name | None = None


class Like(Done, frozen=True, kw_only=True, gc=False, tag="like"):
    """Likes were given."""


class Share(Done, frozen=True, kw_only=True, gc=False, tag="share"):
    """The room was shared."""


class Follow(Done, frozen=True, kw_only=True, gc=False, tag="follow"):
    """Somebody follows the anchor from now on."""


class FanJoin(Done, frozen=True, kw_only=True, gc=False, tag="fan_join"):
    """Somebody joined the fan club."""


class Gift(Counted, frozen=True, kw_only=True, gc=False, tag="gift"):
    """A gift; a virtual one is never GMV. `amount_minor` is for all of `value`."""

    user: Name
    gift: Name
    amount_minor: Minor = 0
    currency: Currency = "CNY"
    virtual: bool = True
    combo: Name | None = None


class Enter(Done, frozen=True, kw_only=True, gc=False, tag="enter"):
    """Somebody came in; `via` is the traffic source."""

    via: Name | None = None


class Leave(Done, frozen=True, kw_only=True, gc=False, tag="leave"):
    """Somebody left."""

    via: Name | None = None


class Viewers(Fact, frozen=True, kw_only=True, gc=False, tag="viewers"):
    """How many watch now, and how many have since the start."""

    online: Count | None = None
    total: Count | None = None
    lower_bound: bool = False
    capped: bool = False


class Impressions(Counted, frozen=True, kw_only=True, gc=False, tag="impressions"):
    """The room was shown to people."""


class Looked(Counted, frozen=True, kw_only=True, gc=False):
    """What the three facts of looking at a product share."""

    family: ClassVar[str] = "commerce"
    sku: Name
    user: Name | None = None


class ProductShown(Looked, frozen=True, kw_only=True, gc=False, tag="product_shown"):
    """A product's card was shown."""


class ProductClicked(Looked, frozen=True, kw_only=True, gc=False, tag="product_clicked"):
    """A product was opened."""


class ProductCarted(Looked, frozen=True, kw_only=True, gc=False, tag="product_carted"):
    """A product was put in the cart."""


class OrderFact(Fact, frozen=True, kw_only=True, gc=False):
    """What the four order facts share. `amount_minor` is for all of `quantity`."""

    family: ClassVar[str] = "commerce"
    order: Name
    sku: Name
    quantity: Count = 1
    amount_minor: Minor = 0
    currency: Currency = "CNY"
    user: Name | None = None
    shop: Name | None = None


class OrderCreated(OrderFact, frozen=True, kw_only=True, gc=False, tag="order_created"):
    """Somebody ordered."""


class OrderPaid(OrderFact, frozen=True, kw_only=True, gc=False, tag="order_paid"):
    """An order was paid."""


class OrderCancelled(OrderFact, frozen=True, kw_only=True, gc=False, tag="order_cancelled"):
    """An order was cancelled before it was paid."""


class OrderRefunded(OrderFact, frozen=True, kw_only=True, gc=False, tag="order_refunded"):
    """A paid order was paid back."""


class Stock(Fact, frozen=True, kw_only=True, gc=False, tag="stock"):
    """What is left of a product (`gauge`), or by how much that changed (`delta`)."""

    family: ClassVar[str] = "commerce"
    sku: Name
    value: Change
    kind: Literal["gauge", "delta"] = "gauge"
    reserved: Count | None = None


class Price(Fact, frozen=True, kw_only=True, gc=False, tag="price"):
    """A product's price is now this."""

    family: ClassVar[str] = "commerce"
    sku: Name
    amount_minor: Minor
    currency: Currency = "CNY"
    was_minor: Minor | None = None


class Shelf(Fact, frozen=True, kw_only=True, gc=False, tag="shelf"):
    """A product was put on the room's shelf or taken off it; `price` in minor units."""

    family: ClassVar[str] = "commerce"
    sku: Name
    on: bool
    title: Text = ""
    price: Minor | None = None


class Pin(Fact, frozen=True, kw_only=True, gc=False, tag="pin"):
    """The host now talks about this product."""

    sku: Name


class Unpin(Fact, frozen=True, kw_only=True, gc=False, tag="unpin"):
    """The host no longer talks about this product."""

    sku: Name


class Segment(Fact, frozen=True, kw_only=True, gc=False, tag="segment"):
    """The part of the script the host is in from now on."""

    segment: Literal["hook", "push", "benefit", "other"]
    module: Name | None = None
    cycle: Count | None = None
    inferred: bool = False
    confidence: Fraction | None = None


class FlashSale(Fact, frozen=True, kw_only=True, gc=False, tag="flash_sale"):
    """A flash sale begins or ends; `price` in minor units."""

    sku: Name
    phase: Literal["start", "end"]
    price: Minor
    stock: Count | None = None


class LuckyBag(Fact, frozen=True, kw_only=True, gc=False, tag="lucky_bag"):
    """A lucky bag opens, is drawn or closes; entrants write `phrase`."""

    bag: Name
    phase: Literal["open", "draw", "close"]
    phrase: Text | None = None
    seconds: Count | None = None
    entrants: Count | None = None


class Coupon(Fact, frozen=True, kw_only=True, gc=False, tag="coupon"):
    """A coupon was sent, taken or used; `value` in minor units."""

    coupon: Name
    phase: Literal["sent", "taken", "used"]
    value: Minor | None = None


class Session(Fact, frozen=True, kw_only=True, gc=False, tag="session"):
    """The broadcast starts, pauses, resumes, ends, is warned or is cut off."""

    phase: Literal["start", "pause", "resume", "end", "warning", "cut_off"]
    reason: Text | None = None
    goal_minor: Minor | None = None
    anchor: Name | None = None
    tier: Name | None = None


class Speech(Fact, frozen=True, kw_only=True, gc=False, tag="speech"):
    """The host said this, by a transcript."""

    text: Text
    confidence: Fraction | None = None


class Stream(Fact, frozen=True, kw_only=True, gc=False, tag="stream"):
    """How the picture and the sound are; bitrate in kbit/s, dropped in frames."""

    bitrate: Count | None = None
    fps: Count | None = None
    dropped: Count | None = None
    picture: Literal["ok", "black", "frozen"] = "ok"
    sound: Literal["ok", "silent"] = "ok"


class Traffic(Fact, frozen=True, kw_only=True, gc=False, tag="traffic"):
    """Arrivals by where they came from, and what they cost."""

    source: Name
    value: Count
    spend_minor: Minor | None = None


class Mark(Fact, frozen=True, kw_only=True, gc=False, tag="mark"):
    """A person's note on the timeline."""

    text: Text
    by: Name


# fmt: off
Event = (
    Comment | Like | Share | Follow | FanJoin | Gift | Enter | Leave | Viewers | Impressions
    | ProductShown | ProductClicked | ProductCarted | OrderCreated | OrderPaid | OrderCancelled
    | OrderRefunded | Stock | Price | Shelf | Pin | Unpin | Segment | FlashSale | LuckyBag
    | Coupon | Session | Speech | Stream | Traffic | Mark
)
# fmt: on

KINDS: dict[str, type[Fact]] = {kind.__struct_config__.tag: kind for kind in get_args(Event)}
