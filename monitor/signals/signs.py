"""What tells where the host is: cues of the desk and, where nobody cues, signs of it.

    sign                                   means     confidence   counts
    a cue                                  itself    1            always; it silences signs
                                                                  for the next `CUED_S`
    a cue that says it is inferred         itself    its own      as a sign
    another product is pinned              hook      0.5          always
    the price of the pinned product (of    push      0.6          not in a benefit, where
    any, while none is pinned) falls                              prices fall, too
    a lucky bag opens                      benefit   0.7          always
    the host's words (`PHRASES`)           each      0.6          as the next step, or as
                                                                  the present one

Signs of different kinds for one segment add up: 1 − Π (1 − confidence). So a pin alone is
a guess of 0.5, with "别划走" in the transcript it is 0.8. Words are weighed by how sure the
transcript is; words for two segments at once mean neither.

The phrases are our own, of what hosts say; they are few on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from monitor import events as facts

NAN = float("nan")
CUED_S = 600.0  # twice the longest part: a desk that said nothing for so long cues no more
UNSURE = 0.5  # of an inferred cue that does not say how sure it is
CONFIDENCE = {"pin": 0.5, "price": 0.6, "bag": 0.7, "speech": 0.6}
PHRASES = {
    "hook": (
        "别划走", "先别走", "先别急", "看好了", "猜猜多少钱", "你们敢信", "平时卖", "专柜价",
        "今天炸一个", "破价",
    ),
    "push": (
        "上链接", "三二一", "321", "3 2 1", "开抢", "快去拍", "赶紧拍", "手慢无", "库存不多",
        "最后几件", "只剩",
    ),
    "benefit": ("福袋", "抽奖", "送福利", "福利款", "宠粉", "免费送", "发红包", "截屏抽"),
}  # fmt: skip
RANK = {
    name: rank for rank, name in enumerate(("price", "pin", "bag", "speech", "told", "cue", "end"))
}


class Sign(NamedTuple):
    """A cue, or what hints at one. Signs are ordered by when they were so.

    `rank` decides between those of one instant, then the rest of the fields, so that the
    order does not depend on how they reached us.
    """

    at: float
    rank: int
    kind: str  # of RANK
    segment: str = ""  # what it means; a price and a pin mean what the ones before make them
    confidence: float = 1.0
    sku: str = ""
    minor: int = 0
    was: int = -1  # the price before, where the fact says it
    module: str = ""
    cycle: int = -1


def sign_of(event: facts.Event) -> Sign | None:
    """What a fact tells of where the host is; None for nothing."""
    hint = SIGNS.get(event.__class__)
    return None if hint is None else hint(event)


def _cued(event: facts.Segment) -> Sign:
    segment, module = event.segment, event.module or ""
    if event.inferred:
        sure = UNSURE if event.confidence is None else event.confidence
        return Sign(event.at, RANK["told"], "told", segment, sure, module=module)
    cycle = -1 if event.cycle is None else event.cycle
    return Sign(event.at, RANK["cue"], "cue", segment, 1.0, "", 0, -1, module, cycle)


def _pinned(event: facts.Pin) -> Sign:
    return Sign(event.at, RANK["pin"], "pin", "hook", CONFIDENCE["pin"], event.sku)


def _priced(event: facts.Price) -> Sign:
    was = -1 if event.was_minor is None else event.was_minor
    minor = event.amount_minor
    return Sign(
        event.at, RANK["price"], "price", "push", CONFIDENCE["price"], event.sku, minor, was
    )


def _opened(event: facts.LuckyBag) -> Sign | None:
    if event.phase != "open":
        return None
    return Sign(event.at, RANK["bag"], "bag", "benefit", CONFIDENCE["bag"])


def _ended(event: facts.Session) -> Sign | None:
    return Sign(event.at, RANK["end"], "end") if event.phase in ("end", "cut_off") else None


def _spoken(event: facts.Speech) -> Sign | None:
    meant = [
        segment
        for segment, phrases in PHRASES.items()
        if any(phrase in event.text for phrase in phrases)
    ]
    if len(meant) != 1:
        return None
    sure = 1.0 if event.confidence is None else event.confidence
    sure = CONFIDENCE["speech"] * sure
    return Sign(event.at, RANK["speech"], "speech", meant[0], sure)


SIGNS: dict[type[facts.Fact], Callable[[Any], Sign | None]] = {
    facts.Segment: _cued,
    facts.Pin: _pinned,
    facts.Price: _priced,
    facts.LuckyBag: _opened,
    facts.Speech: _spoken,
    facts.Session: _ended,
}
