"""An evening of many rooms, made up from a seed, and hosts that are driven through it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from monitor.alerts.alert import Change
from monitor.engines.footing import Footing
from monitor.engines.host import Host
from monitor.events import Event
from monitor.formats.decoder import Decoder
from monitor.frames import Batch, Frame
from monitor.rules.compile import load
from monitor.signals.rooms import Profile
from tests.stage import START, fact

RULES = Path(__file__).parents[2] / "rules"
MORE = """\
rules:
  - {id: crowd, kind: threshold, when: comments_10s >= 6, summary: "{{ comments_10s }}"}
  - id: much
    kind: threshold
    scope: platform
    when: gmv_1m > 20000
    summary: "{{ gmv_1m | money }} {{ platform }}"
  - id: rate
    kind: threshold
    scope: all
    when: click_paid_rate_1m > 0.2
    summary: "{{ click_paid_rate_1m | pct }}"
  - {id: crowds, kind: composite, scope: platform, when: firing(crowd) >= 2, for: 500ms}
  - {id: long, kind: composite, scope: all, when: firing_s(crowd) > 2 and pending(crowds) == 0}
  - {id: amid, kind: composite, when: firing(crowds) and firing(crowd)}
  - {id: amids, kind: composite, scope: all, when: firing(amid) >= 2 and rooms_live > 3}
  - {id: after, kind: composite, scope: product, when: firing(amids) and stock < 90}
  - id: usual
    kind: baseline
    scope: platform
    value: comments_10s
    when: z > 1
    baseline: {window: 1m, min_points: 3, gap: 2s}
  - {id: end, kind: change, fact: session, where: phase == "end", summary: "{{ reason }}"}
"""
PROFILES = {
    profile.room: profile
    for profile in (
        Profile(room="r0", name="一号", platform="douyin", shop="s", goal_minor=50_000),
        Profile(room="r1", name="二号", platform="douyin", shop="s", anchor="李敏"),
        Profile(room="r2", platform="taobao", shop="t"),
        Profile(room="r3", platform="taobao", shop="t", currency="USD"),
        Profile(room="r4", platform="kuaishou", anchor="小满"),
    )
}
ROOMS = [f"r{number}" for number in range(11)]
SHOPS = ("shop:s", "shop:t", "shop:nobody", "anchor:李敏", "anchor:小满", "anchor:met")


def footing(folder: Path, timezone: str = "Asia/Shanghai") -> Footing:
    """The rules that are shipped, and some that ask across scopes."""
    for path in RULES.glob("*.yaml"):
        if not path.stem.endswith("_test"):
            (folder / path.name).write_bytes(path.read_bytes())
    (folder / "more.yaml").write_text(MORE, encoding="utf-8")
    return Footing(rules=load(folder), timezone=timezone, profiles=PROFILES)


def evening(seed: int, seconds: int) -> Iterator[tuple[float, list[Batch], bool]]:
    """Instants, what is received then, and whether a tick is due.

    What comes of shops comes last before a tick: several workers count it there. In a batch
    facts of one kind stand together: which kind is counted first is that of the first fact.
    """
    dice = random.Random(seed)
    sent = 0
    for quarter in range(seconds * 4):
        now = START + quarter / 4
        of_shops: list[Event] = []
        for _ in range(dice.randrange(3)):
            events: list[Event] = []
            for _ in range(dice.randrange(1, 30)):
                sent += 1
                one = _fact(dice, now - START, sent)
                (of_shops if one.room in SHOPS else events).append(one)
            events.sort(key=lambda each: type(each).__name__)
            heard = tuple(dice.sample(ROOMS, dice.randrange(2)))
            yield now, [Batch(source="s", events=events, received_at=now, heard=heard)], False
        of_shops.sort(key=lambda each: type(each).__name__)
        yield now, [Batch(source="shops", events=of_shops, received_at=now)], False
        yield now + 0.25, [], True


def _fact(dice: random.Random, at: float, number: int) -> Event:
    # the platform of most rooms is told by facts alone
    index = min(dice.randrange(len(ROOMS)), dice.randrange(len(ROOMS)))
    room = ROOMS[index]
    own: dict[str, Any] = {"room": room, "id": f"f{number}", "user": f"u{dice.randrange(400)}"}
    sku = f"k{dice.randrange(3)}"
    at -= dice.random() * (6.0 if dice.random() < 0.1 else 0.5)
    match dice.randrange(16):
        case 0:
            phase = dice.choice(["start", "start", "start", "pause", "resume", "end"])
            platform = (
                PROFILES[room].platform if room in PROFILES else ("douyin", "bili")[index % 2]
            )
            del own["user"]
            more = {"platform": platform, "anchor": "met" if index in (6, 7) else None}
            return fact("session", at, **own, phase=phase, session=f"b{index}", **more)
        case 1:
            del own["user"]
            return fact("stock", at, **own, sku=sku, value=dice.randrange(100))
        case 2:
            del own["user"]
            return fact("shelf", at, **own, sku=sku, on=dice.random() < 0.8)
        case 3:
            online = dice.randrange(1000)
            del own["user"]
            return fact("viewers", at, **own, online=online)
        case 4 | 5:
            return fact("product_clicked", at, **own, sku=sku)
        case 6 | 7 | 8:
            where = room if dice.random() < 0.5 else dice.choice(SHOPS)
            order = f"o{number if dice.random() < 0.5 else dice.randrange(1, number + 1)}"
            kind = dice.choice(["order_created", "order_paid", "order_cancelled", "order_refunded"])
            amount = dice.randrange(9000)
            more = {"sku": sku, "order": order, "amount_minor": amount}
            return fact(kind, at, **own | {"room": where}, **more)
        case 9:
            segment = dice.choice(["hook", "push", "benefit"])
            return fact("segment", at, room=room, segment=segment)
    text = dice.choice(["好看", "怎么退货", "假货,骗人", "几号链接"])
    return fact("comment", at, **own, text=text)


async def played(
    host: Host, seed: int, seconds: int, *, scanned: bool = False
) -> list[list[Change]]:
    """The changes of each tick; the facts come as Structs, or as what is scanned of frames."""
    told: list[list[Change]] = []
    decoder = Decoder(source="s", format="native")
    for now, batches, due in evening(seed, seconds):
        for each in batches:
            batch = each
            if scanned and each.events:
                frame = Frame(data=msgspec.json.encode(each.events), received_at=now)
                (read,) = decoder.receive([frame], now)
                batch = replace(read, source=each.source, heard=each.heard)
            host.receive(batch, now)
        if due:
            told.append(await host.tick(now))
    return told


def plain(changes: Sequence[Change]) -> list[tuple[Any, ...]]:
    """What they say, in any order; the last bits of a sum are nobody's business."""
    return sorted(
        (each.at, each.key, each.change, each.episode, each.severity, each.summary, each.reason,
         str({name: round(value, 9) if isinstance(value, float) else value
              for name, value in each.values.items()}))
        for each in changes
    )  # fmt: skip
