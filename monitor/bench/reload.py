"""How long a reload takes while the shard goes on ticking, and how late its ticks are meanwhile.

Rules are read and compiled in a thread, as the daemon does; putting them in force stands
between two ticks. Files that were not edited are known by their text. Two reloads are
measured: a rule of one file was edited; and a rule of each of them.
"""

from __future__ import annotations

import asyncio
import pathlib
import re
import tempfile

from msgspec import Struct

from monitor.bench.engine import Pass, settled_memory
from monitor.bench.generator import START, Market, blobs
from monitor.clock import steady, worked
from monitor.rules import compile as rules
from monitor.shard import TICK_S, Shard

KINDS = pathlib.Path(__file__).with_name("kinds.yaml")
COPIES = 4  # of its fifty rules


class Reloaded(Struct, kw_only=True):
    """What was measured; milliseconds."""

    reload_ms: float  # a rule of one file was edited
    reload_cpu_ms: float  # of it, what the processor worked for us
    reload_all_ms: float  # a rule of each file was: all of them are read anew
    reload_swap_ms: float  # of which the shard stands still, at most
    reload_late_ms: float  # the latest tick meanwhile
    reload_rules: int


class Folder:
    """Four files of fifty rules."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.path = folder
        self._text = KINDS.read_text(encoding="utf-8")
        self._ids = re.findall(r"^  - id: (\w+)$", self._text, re.MULTILINE)

    def write(self, all_anew: str = "", one_anew: str = "") -> None:
        """All of them, with a word in every file, or in the last one alone."""
        for copy in range(COPIES):
            text = self._text
            for name in self._ids:
                text = re.sub(rf"\b{name}\b(?!:)", f"{name}_{copy}", text)
            last = copy == COPIES - 1
            text += f"# {all_anew}{one_anew if last else ''}\n"
            text = text.replace("> 1500", f"> {1500 + len(all_anew + one_anew * last)}")
            (self.path / f"rules{copy}.yaml").write_text(text, encoding="utf-8")


class Ticking:
    """A shard that ticks by the clock of this machine."""

    def __init__(self, shard: Shard, now: float) -> None:
        self.shard = shard
        self.now = now
        self.late_s = 0.0
        self.stopping = False

    async def run(self) -> None:
        due = steady()
        while not self.stopping:
            await asyncio.sleep(max(due - steady(), 0))
            self.late_s = max(self.late_s, steady() - due)
            self.now += TICK_S
            self.shard.tick(self.now)
            due = max(due + TICK_S, steady())

    async def reload(self, folder: pathlib.Path) -> tuple[float, float, float]:
        """Seconds it took, for how many the shard stood still, and the processor's."""
        begun = steady()
        ruleset, busy_s = await asyncio.to_thread(_load, folder)
        swapping, before = steady(), worked()
        self.shard.reload(ruleset, self.now)
        return steady() - begun, steady() - swapping, busy_s + worked() - before


def _load(folder: pathlib.Path) -> tuple[rules.RuleSet, float]:
    before = worked()
    return rules.load(folder), worked() - before


def measure(rooms: int = 10_000, events: int = 50_000) -> Reloaded:
    """Both reloads, of a full shard."""
    market = Market(events=events, rooms=rooms, products=2, viewers=200)
    opening, stream = blobs(market)
    with tempfile.TemporaryDirectory() as name, settled_memory():
        folder = Folder(pathlib.Path(name))
        folder.write()
        ready = Pass(opening, market.wire, rules.load(folder.path), None)
        ready.play(stream)
        now = START + events / market.per_second
        return asyncio.run(_measure(folder, Ticking(ready.shard, now)))


async def _measure(folder: Folder, ticking: Ticking) -> Reloaded:
    ticks = asyncio.create_task(ticking.run())
    await asyncio.sleep(4 * TICK_S)
    ticking.late_s = 0.0
    took = []
    for words in ({"one_anew": "x"}, {"all_anew": "xx"}):
        folder.write(**words)
        took.append(await ticking.reload(folder.path))
        await asyncio.sleep(4 * TICK_S)
    ticking.stopping = True
    await ticks
    return Reloaded(
        reload_ms=round(took[0][0] * 1e3, 1),
        reload_cpu_ms=round(took[0][2] * 1e3, 1),
        reload_all_ms=round(took[1][0] * 1e3, 1),
        reload_swap_ms=round(max(swap for _, swap, _ in took) * 1e3, 1),
        reload_late_ms=round(ticking.late_s * 1e3, 1),
        reload_rules=len(ticking.shard.rules.rules),
    )
