"""What the signs of where a host is fold into: one room's place in the golden structure.

    (nothing) ─ hook ─ push ─ benefit ─ hook …        the end of a broadcast ends its last part

`step` is the whole of it: which sign leads where, by the table of signs.py.
"""

from __future__ import annotations

from typing import NamedTuple

from monitor.signals.signs import CUED_S, NAN, Sign

CODES = {"other": 0.0, "hook": 1.0, "push": 2.0, "benefit": 3.0}
NAMES = {code: name for name, code in CODES.items()}
ORDER = ("hook", "push", "benefit")
COLUMNS = (
    "segment", "segment_before", "segment_at", "cycle", "hook_at", "confidence",
    "confidence_before", "price_drop_at",
)  # fmt: skip
STRETCHES = 32  # of which the last ones are known
PRICES = 256  # products of a room whose last price is known
SHORTLY_S = 5.0  # a price that fell so long before the hook began belongs to it


class Stretch(NamedTuple):
    """A segment the host was in from `at` on; "" is the end of a broadcast."""

    segment: str
    at: float
    cycle: int = 0  # 0: before the first hook
    confidence: float = 1.0
    module: str = ""
    price_fell: bool = False  # while it lasted, or shortly before


class Place:
    """Where a host is, and how it came to that: what the signs so far fold into."""

    __slots__ = (
        "confidence",
        "confidence_before",
        "counted",
        "cued_at",
        "cycle",
        "evidence",
        "hook_at",
        "module",
        "pinned",
        "price_drop_at",
        "prices",
        "segment",
        "segment_at",
        "segment_before",
        "stretches",
    )  # fmt: skip

    def __init__(self) -> None:
        self.segment = self.segment_before = ""
        self.segment_at = self.hook_at = self.price_drop_at = self.cued_at = NAN
        self.confidence = self.confidence_before = self.cycle = NAN
        self.counted = 0  # cycles so far
        self.module = self.pinned = ""
        self.evidence: dict[str, float] = {}  # kind of sign → how sure it alone makes us
        self.prices: dict[str, int] = {}
        self.stretches: list[Stretch] = []

    def copy(self) -> Place:
        other = Place.__new__(Place)
        for name in Place.__slots__:
            value = getattr(self, name)
            setattr(other, name, value.copy() if isinstance(value, dict | list) else value)
        return other

    def step(self, sign: Sign) -> None:
        """Where the host is after a sign that is not older than the last one."""
        segment = sign.segment
        match sign.kind:
            case "cue":
                self._cue(sign)
                return
            case "end":
                self._end(sign.at)
                return
            case "price":
                if not self._fell(sign) or self.segment == "benefit":
                    return
                if self.pinned not in ("", sign.sku):
                    return
            case "pin":
                before, self.pinned = self.pinned, sign.sku
                if before == sign.sku:
                    return
            case "speech":
                if self.segment in ORDER and segment not in (self.segment, _next(self.segment)):
                    return
        if sign.at - self.cued_at < CUED_S:
            return
        again = sign.kind == "pin" and "pin" in self.evidence  # the next product, a new cycle
        if segment == self.segment and not again:
            self._more(sign)
        else:
            self._enter(sign, {sign.kind: sign.confidence})

    def _cue(self, sign: Sign) -> None:
        """A real one: it stands for the inferred ones, and silences those to come."""
        self.cued_at = sign.at
        if sign.segment == self.segment:
            if "cue" not in self.evidence:
                self._instead(sign)
                return
            if sign.segment != "hook":
                return  # said again: it goes on, its clock too
        self._enter(sign, {"cue": 1.0})

    def _enter(self, sign: Sign, evidence: dict[str, float]) -> None:
        self.segment_before, self.confidence_before = self.segment, self.confidence
        self.segment, self.segment_at = sign.segment, sign.at
        self.evidence, self.confidence = evidence, _together(evidence)
        if sign.segment == "hook":
            self.hook_at, self.module = sign.at, sign.module
            self.counted += 1
            self.cycle = float(self.counted)
        else:
            self.module = sign.module or self.module
        self._named(sign)
        self._stretch(sign)

    def _instead(self, sign: Sign) -> None:
        """We had inferred as much: it begins when the cue says, and is sure."""
        self.segment_at, self.confidence, self.evidence = sign.at, 1.0, {"cue": 1.0}
        if sign.segment == "hook":
            self.hook_at = sign.at
        self.module = sign.module or self.module
        self._named(sign)
        self.stretches.pop()
        self._stretch(sign)

    def _named(self, sign: Sign) -> None:
        if sign.cycle >= 0:
            self.cycle, self.counted = float(sign.cycle), sign.cycle

    def _stretch(self, sign: Sign) -> None:
        fell = self.price_drop_at >= sign.at - SHORTLY_S
        self.stretches.append(
            Stretch(sign.segment, sign.at, self.counted, self.confidence, self.module, fell)
        )
        del self.stretches[:-STRETCHES]

    def _more(self, sign: Sign) -> None:
        """One more sign of what we take to be so."""
        if "cue" not in self.evidence:
            known = self.evidence.get(sign.kind, 0.0)
            self.evidence[sign.kind] = max(known, sign.confidence)
            self.confidence = _together(self.evidence)
            self.stretches[-1] = self.stretches[-1]._replace(confidence=self.confidence)

    def _fell(self, sign: Sign) -> bool:
        """Whether a price is lower than the one before it."""
        known = self.prices.pop(sign.sku, -1)
        self.prices[sign.sku] = sign.minor
        if len(self.prices) > PRICES:
            del self.prices[next(iter(self.prices))]
        fell = sign.minor < (known if sign.was < 0 else sign.was)
        if fell:
            self.price_drop_at = sign.at
            if self.stretches and self.stretches[-1].segment:
                self.stretches[-1] = self.stretches[-1]._replace(price_fell=True)
        return fell

    def _end(self, at: float) -> None:
        if self.stretches and self.stretches[-1].segment:
            self.stretches.append(Stretch("", at))
        kept = self.counted, self.prices, self.stretches
        self.__init__()  # type: ignore[misc]
        self.counted, self.prices, self.stretches = kept

    def columns(self) -> tuple[float, ...]:
        """What of it is a column, in the order of `COLUMNS`."""
        return (
            CODES.get(self.segment, NAN), CODES.get(self.segment_before, NAN), self.segment_at,
            self.cycle, self.hook_at, self.confidence, self.confidence_before, self.price_drop_at,
        )  # fmt: skip


def _next(segment: str) -> str:
    return ORDER[(ORDER.index(segment) + 1) % len(ORDER)]


def _together(evidence: dict[str, float]) -> float:
    """How sure signs of different kinds make us, as if they erred independently."""
    wrong = 1.0
    for confidence in evidence.values():
        wrong *= 1.0 - confidence
    return 1.0 - wrong
