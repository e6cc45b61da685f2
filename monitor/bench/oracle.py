"""The simplest thing that could be right: the bench's figures and alerts by dicts and lists.

It knows the wire's words, check.yaml and DOMAIN's formulas, and shares no code with the engine.
"""

from __future__ import annotations

import ast
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

SPANS = {"10s": 10, "1m": 60, "5m": 300}
COUNTS = {name: name for name in ("comments", "likes", "clicks", "orders")}
COUNTS |= dict.fromkeys(("paid", "units", "gmv"), "orders")  # counter → the feed it needs
PEOPLE = {"commenters": "comments", "interactors": "comments", "buyers": "orders"}
WORDS = {"other": 0.0, "hook": 1.0, "push": 2.0, "benefit": 3.0}
UNKNOWN = float("nan")


class Room:
    """What happened in a room, by second."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[int]] = defaultdict(Counter)
        self.last: dict[str, dict[str, int]] = defaultdict(dict)  # people → second of the last time
        self.heard: set[str] = set()
        self.gauges: dict[str, float] = {}
        self.products: dict[str, Product] = {}

    def did(self, kind: str, user: str, second: int) -> None:
        self.last[kind][user] = max(second, self.last[kind].get(user, 0))

    def figure(self, name: str, now: float) -> float:
        """A figure by its name in the catalogue; NaN is unknown."""
        if name == "segment_s":
            return now - self.gauges["segment_at"] if "segment_at" in self.gauges else UNKNOWN
        if name == "minutes_live":
            return (now - self.gauges["started_at"]) / 60.0
        counter, _, window = name.rpartition("_")
        if counter not in COUNTS and counter not in PEOPLE:
            return self.gauges.get(name, UNKNOWN)
        if {**COUNTS, **PEOPLE}[counter] not in self.heard:
            return UNKNOWN
        first = int(now) - SPANS[window] + 1 if window in SPANS else 0
        if counter in PEOPLE:
            return float(sum(second >= first for second in self.last[counter].values()))
        return float(sum(n for second, n in self.counts[counter].items() if second >= first))


class Product:
    """A product of a room; its windows step by 5 s."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[int]] = defaultdict(Counter)
        self.stock = UNKNOWN
        self.pinned = 0.0

    def figure(self, name: str, now: float) -> float:
        match name:
            case "stock":
                return UNKNOWN if math.isnan(self.stock) else max(self.stock, 0.0)
            case "pinned":
                return self.pinned
            case "velocity_1m":
                return self._sum("ordered", 60, now)
        counter, _, window = name.removeprefix("product_").rpartition("_")
        if not self.counts[counter]:
            return UNKNOWN
        return self._sum(counter, SPANS[window], now)

    def _sum(self, counter: str, span: int, now: float) -> float:
        first = int(now) // 5 - span // 5 + 1
        return float(sum(n for slot, n in self.counts[counter].items() if slot >= first))


class Rule:
    """A threshold rule, and the state of its alerts."""

    def __init__(self, text: dict[str, Any]) -> None:
        self.id = text["id"]
        self.product = text.get("scope") == "product"
        self.for_s = float(text.get("for", "0s").removesuffix("s"))
        self.keep_s = float(text.get("keep", "0s").removesuffix("s"))
        self._asked = {
            field: ast.parse(text[field], mode="eval").body
            for field in ("when", "only_when", "clear")
            if field in text
        }
        self.states: dict[str, tuple[str, float, float]] = {}  # state, since, seen

    def step(self, key: str, look: Callable[[str], float], now: float, passed: float) -> str | None:
        """Ask, and tell what moved."""
        state, since, seen = self.states.get(key, ("quiet", 0.0, 0.0))
        truth = _truth(self._asked["when"], look)
        if "only_when" in self._asked:
            truth = _and(truth, _truth(self._asked["only_when"], look))
        if state in ("firing", "recovering") and "clear" in self._asked and truth is not True:
            cleared = _truth(self._asked["clear"], look)
            truth = None if cleared is None else not cleared
        new, since, seen, told = self._move(state, (since, seen), truth, now, passed)
        self.states[key] = (new, since, seen)
        return told

    def _move(
        self, state: str, times: tuple[float, float], truth: bool | None, now: float, passed: float
    ) -> tuple[str, float, float, str | None]:
        since, seen = times
        if truth is None:
            on = state in ("firing", "recovering")
            return state, since + passed, seen + passed if on else seen, None
        if state in ("firing", "recovering"):
            if truth:
                return "firing", since, now, None
            over = now - seen >= self.keep_s
            return ("quiet", since, seen, "resolved") if over else ("recovering", since, seen, None)
        if not truth:
            return "quiet", since, seen, None
        if state == "quiet":
            since = now
        if now - since >= self.for_s:
            return "firing", since, now, "fired"
        return "pending", since, now, "pending" if state == "quiet" else None


def _and(*truths: bool | None) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True


def _or(*truths: bool | None) -> bool | None:
    if True in truths:
        return True
    return None if None in truths else False


def _truth(node: ast.expr, look: Callable[[str], float]) -> bool | None:
    """True, False or unknown, in Kleene's way."""
    match node:
        case ast.BoolOp(op=ast.And()):
            return _and(*(_truth(each, look) for each in node.values))
        case ast.BoolOp(op=ast.Or()):
            return _or(*(_truth(each, look) for each in node.values))
        case ast.UnaryOp(op=ast.Not()):
            truth = _truth(node.operand, look)
            return None if truth is None else not truth
        case ast.Compare():
            left, right = _value(node.left, look), _value(node.comparators[0], look)
            known = not math.isnan(left) and not math.isnan(right)
            return _compared(node.ops[0], left, right) if known else None
    value = _value(node, look)
    return None if math.isnan(value) else value != 0


def _compared(sign: ast.cmpop, left: float, right: float) -> bool:
    match sign:
        case ast.Lt():
            return left < right
        case ast.LtE():
            return left <= right
        case ast.Gt():
            return left > right
        case ast.GtE():
            return left >= right
        case ast.Eq():
            return left == right
    raise AssertionError(f"{ast.dump(sign)} is not in check.yaml")


def _value(node: ast.expr, look: Callable[[str], float]) -> float:
    match node:
        case ast.Name():
            return look(node.id)
        case ast.Constant(value=str(word)):
            return WORDS[word]
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.BinOp():
            left, right = _value(node.left, look), _value(node.right, look)
            match node.op:
                case ast.Mult():
                    return left * right
                case ast.Div():
                    return left / right if right else UNKNOWN
    raise AssertionError(f"{ast.dump(node)} is not in check.yaml")


class Oracle:
    """Takes blobs of native facts in the order of time."""

    def __init__(self, rules: Iterable[dict[str, Any]]) -> None:
        self.rules = [Rule(text) for text in rules]
        self.rooms: dict[str, Room] = {}
        self._ids: set[str] = set()
        self._orders: set[str] = set()

    def receive(self, data: bytes, now: float) -> None:
        for fact in json.loads(data):
            if fact["id"] in self._ids:
                continue
            self._ids.add(fact["id"])
            room = self.rooms.setdefault(fact["room"], Room())
            self._apply(room, fact, min(int(fact["at"]), int(now)))

    def _apply(self, room: Room, fact: dict[str, Any], second: int) -> None:
        user, sku = fact.get("user"), fact.get("sku")
        product = room.products.setdefault(sku, Product()) if sku is not None else Product()
        match fact["type"]:
            case "comment":
                room.heard.add("comments")
                room.counts["comments"][second] += 1
                room.did("commenters", str(user), second)
                room.did("interactors", str(user), second)
            case "like":
                room.heard.add("likes")
                room.counts["likes"][second] += fact["value"]
                room.did("interactors", str(user), second)
            case "viewers":
                self._viewers(room, fact)
            case "product_clicked":
                room.heard.add("clicks")
                room.counts["clicks"][second] += 1
                product.counts["clicks"][second // 5] += 1
            case "order_created" | "order_paid":
                self._order(room, product, fact, second)
            case "session":
                room.gauges |= {"started_at": fact["at"]}
            case "segment":
                room.gauges |= {"segment": WORDS[fact["segment"]], "segment_at": fact["at"]}
            case "stock":
                product.stock = float(fact["value"])
            case "pin":  # before any cue: a hook begins
                product.pinned = 1.0
                room.gauges = {"segment": 1.0, "segment_at": fact["at"]} | room.gauges

    def _viewers(self, room: Room, fact: dict[str, Any]) -> None:
        gauges, online = room.gauges, float(fact["online"])
        gauges["online_peak"] = max(gauges.get("online_peak", 0.0), online)
        if fact["at"] >= gauges.get("online_at", 0.0):
            gauges |= {"online": online, "online_at": fact["at"]}

    def _order(self, room: Room, product: Product, fact: dict[str, Any], second: int) -> None:
        room.heard.add("orders")
        quantity = fact["quantity"]
        if fact["order"] not in self._orders:
            self._orders.add(fact["order"])
            product.stock -= quantity
            product.counts["ordered"][second // 5] += quantity
        if fact["type"] == "order_created":
            room.counts["orders"][second] += 1
            return
        room.counts["paid"][second] += 1
        room.counts["units"][second] += quantity
        room.counts["gmv"][second] += fact["amount_minor"]
        room.did("buyers", fact["user"], second)
        product.counts["paid"][second // 5] += 1

    def tick(self, now: float, passed: float) -> list[tuple[float, str, str]]:
        """What moved: (instant, key, what)."""
        told = []
        for name, room in self.rooms.items():
            known: dict[str, float] = {}
            for rule in self.rules:
                for about in room.products if rule.product else [None]:
                    key = f"{rule.id}|{name}" if about is None else f"{rule.id}|{name}|{about}"
                    what = rule.step(key, _look(room, about, known, now), now, passed)
                    if what is not None:
                        told.append((now, key, what))
        return told

    def samples(
        self, now: float, of_rooms: Sequence[str], of_products: Sequence[str]
    ) -> list[tuple[float, str, tuple[float, ...]]]:
        """The figures at `now`."""
        found = []
        for name, room in self.rooms.items():
            found.append((now, name, tuple(room.figure(each, now) for each in of_rooms)))
            for sku, product in room.products.items():
                figures = tuple(product.figure(each, now) for each in of_products)
                found.append((now, f"{name}|{sku}", figures))
        return found


def _look(
    room: Room, sku: str | None, known: dict[str, float], now: float
) -> Callable[[str], float]:
    """Reads figures by name; those of the room are counted once a tick."""
    own = ("stock", "pinned", "velocity_1m", "product_clicks_1m")

    def look(name: str) -> float:
        if sku is not None and name in own:
            return room.products[sku].figure(name, now)
        if name not in known:
            known[name] = room.figure(name, now)
        return known[name]

    return look
