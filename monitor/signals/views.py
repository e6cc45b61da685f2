"""How a room looks now, for screens: plain values, None where we do not know."""

from __future__ import annotations

from msgspec import Struct


class ProductView(Struct, kw_only=True):
    """A product on a room's shelf."""

    sku: str
    title: str = ""
    on_shelf: bool = True
    pinned: bool = False
    price_minor: int | None = None
    stock: int | None = None
    velocity_1m: float | None = None  # units sold a minute
    click_rate: float | None = None  # opened per card shown, over five minutes
    sellout_s: float | None = None  # stock ÷ velocity, with an 80 % interval
    sellout_low_s: float | None = None
    sellout_high_s: float | None = None
    paid_session: int | None = None
    gmv_minor: int | None = None


class RoomView(Struct, kw_only=True):
    """A room on the wall. Shares are 0 to 1, money in minor units, spans in seconds."""

    room: str
    name: str = ""
    platform: str = ""
    anchor: str = ""
    tier: str = ""
    session: str | None = None
    live: bool | None = None
    live_s: float | None = None
    next_at: float | None = None  # when it is expected to go live next, if it is not live
    feed_age_s: float | None = None  # since anything was heard from the room
    stalled: bool = False  # silence that this room's own pace does not explain
    online: int | None = None
    online_before: int | None = None  # five minutes ago
    online_lower_bound: bool = False
    bounds: dict[str, str] = {}  # conversion, interaction_rate → ≥, ≤, ≈ where only a bound
    gmv_minor: int | None = None
    gmv_1m_minor: int | None = None  # of the last minute
    goal_minor: int | None = None
    currency: str = "CNY"
    timezone: str = ""  # where the room is; empty: that of the house
    conversion: float | None = None
    interaction_rate: float | None = None
    comments_1m: int | None = None
    negative_share_1m: float | None = None
    segment: str = ""  # hook, push, benefit, other; empty: unknown
    segment_s: float | None = None
    segment_limit_s: float | None = None  # the room's own, else what the trade says
    segment_confidence: float | None = None  # 1 where it was cued, less where it is inferred
    module: str = ""  # content module, where the desk says
    cycle: int | None = None
    products: list[ProductView] = []
    online_past: list[int | None] = []  # the last ten minutes, ten seconds apart
    online_band: tuple[int, int] | None = None  # what its own past makes us expect: P10, P90
