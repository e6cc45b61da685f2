"""What the shipped rules tell of real rooms, recorded by others (../shared/data).

room_11365        4 h of a busy room; from 11,000 s on the recorder stalls, again and again
room_44857        a quiet room
room_23789393     a quiet room that ends
"""

from __future__ import annotations

import copy
import functools
import gzip
import hashlib
import itertools
import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterable, Iterator

import pytest

from monitor.formats.decoder import Decoder
from monitor.frames import Frame
from monitor.mood.mood import Mood
from monitor.replay import Replay, Tally, frames, line, open_recording
from monitor.rules import compile as rules
from monitor.shard import TICK_S, Shard

PROJECT = pathlib.Path(__file__).parent.parent
RECORDINGS = PROJECT.parent / "shared" / "data" / "recordings" / "bilibili"
BUSY = RECORDINGS / "room_11365.jsonl.gz"
START = 1_640_864_083.31  # of the busy room's recording, 19:34:43 CST
STALL = 12_877.19  # seconds after that 238 s of nothing begin, 23:09:20 CST
LATE = (10_400, float("inf"))
CONFUSION = 14_597  # 23:38 CST: 869 comments in a minute, 380 of them only question marks

pytestmark = [
    pytest.mark.recordings,
    pytest.mark.skipif(not RECORDINGS.exists(), reason="no recordings in ../shared/data"),
]


def replay() -> Replay:
    shard = Shard(rules.load(PROJECT / "rules"), mood=Mood())
    return Replay(shard, Decoder(source="recording", format="bilibili"))


class Played:
    """Lines of a recording, played with the shipped rules."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.replay = replay()
        self.changes = list(self.replay.play(frames(lines)))

    def spans(self, rule: str) -> list[tuple[float, float]]:
        """From when to when an alert was firing, in seconds since the start."""
        spans, began = [], None
        for change in self.changes:
            if change.rule == rule and change.change == "fired":
                began = change.at - START
            elif change.rule == rule and change.change == "resolved" and began is not None:
                spans.append((began, change.at - START))
                began = None
        return spans if began is None else [*spans, (began, float("inf"))]


@functools.cache
def lines_of_the_busy_room() -> list[tuple[float, bytes]]:
    """Each line, and when it was received, in seconds since the start."""
    with gzip.open(BUSY) as lines:
        return [(json.loads(text)["recv"] - START, text) for text in lines]


def part(begin: float, end: float) -> list[bytes]:
    """The lines of the busy room that were received in [begin, end)."""
    return [text for at, text in lines_of_the_busy_room() if begin <= at < end]


@pytest.fixture(scope="module")
def late() -> Played:
    """The last 80 minutes of the busy room: ten quiet ones, then the stalls."""
    return Played(part(*LATE))


def test_every_line_is_read_and_the_figures_come_out():
    """The reference figures of the recordings' README; money in fen."""
    decoder, tally = Decoder(source="recording", format="bilibili"), Tally()
    for frame in frames(part(0, float("inf"))):
        for batch in decoder.receive([frame], 0.0):
            tally.add(batch.events, batch.received_at)

    assert {} == dict(decoder.rejected)
    assert {} == dict(decoder.unknown)
    assert 41_113 == tally.facts["comment"]
    assert 1_848 == len(tally.commenters)
    # 56,396.8 of gifts, 508.3 of combos, 42,648 of guards and 18,503 of super chats.
    assert 11_805_610 == tally.gifts_minor["CNY"]


def test_the_stall_of_238_seconds_is_told_as_a_stalled_feed(late):
    """
    12,877 s ─ 20 s of nothing ─ told ─────────── 13,115 s ─ over
    """
    during = [span for span in late.spans("feed_stalled") if STALL <= span[0] <= STALL + 238]

    assert [(STALL + 20, STALL + 238)] == [
        (pytest.approx(began, abs=0.6), pytest.approx(ended, abs=0.6)) for began, ended in during
    ]


def test_no_stall_is_taken_for_a_room_that_loses_interest(late):
    """No drop of engagement is told while its five minutes hold 20 s of nothing."""
    received = [at for at, _ in lines_of_the_busy_room()]
    holes = [pair for pair in itertools.pairwise(received) if pair[1] - pair[0] >= 20]
    drops = [began for began, _ in late.spans("engagement_drop")]

    assert len(holes) >= 25
    assert [] == [
        (drop, hole) for drop in drops for hole in holes if hole[0] < drop < hole[1] + 300
    ]


def test_a_room_that_does_lose_interest_is_told():
    """A quarter of an hour without a stall, in which the comments fall to a third."""
    drops = Played(part(1600, 2300)).spans("engagement_drop")

    assert [(2205.69, 2253.44)] == [pytest.approx(drop, abs=1) for drop in drops]


def test_the_confusion_at_23_38_is_told(late):
    """It began five minutes earlier, and goes on; in the minute itself 380 of 869 are puzzled."""
    during = [
        span for span in late.spans("confusion_burst") if span[0] <= CONFUSION + 60 <= span[1]
    ]
    assert 1 == len(during)

    played = Played(part(CONFUSION - 60, CONFUSION + 60))
    windows = played.replay.shard.figures.tables.windows
    assert 380 <= int(windows.read("confusion", "1m")[0]) <= 480
    assert 869 == pytest.approx(int(windows.read("comments", "1m")[0]), abs=10)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("room", ["44857", "23789393"])
def test_a_quiet_room_is_quiet(room):
    """Silences of up to 216 s are told to nobody."""
    with open_recording(RECORDINGS / f"room_{room}.jsonl.gz") as lines:
        played = Played(lines)

    assert [] == [change for change in played.changes if "stalled" in change.rule]


class Cutter:
    """Plays a recording and cuts it every two minutes: what if nothing comes for 60 s?

    What a shard knows at the cut is copied, and time goes on in the copy without a fact. Only
    the rules of feeds are asked, and nobody reads comments for complaints: neither moves a feed.
    """

    def __init__(self) -> None:
        shard = Shard(rules.load(PROJECT / "rules" / "feeds.yaml"))
        self.replay = Replay(shard, Decoder(source="recording", format="bilibili"))
        self.cuts = 0
        self.untold: list[float] = []  # seconds after the start

    def frames(self, lines: Iterable[bytes]) -> Iterator[Frame]:
        next_cut = START + 10
        for text in lines:
            yield Frame(data=text, received_at=0.0)
            now = self.replay.now
            if now is not None and now >= next_cut:
                self.cut(now)
                next_cut = now + 120

    def cut(self, now: float) -> None:
        rules_stay = {id(rule): rule for rule in self.replay.shard.rules.rules}
        shard = copy.deepcopy(self.replay.shard, rules_stay)
        ticks = (now + tick * TICK_S for tick in range(1, 241))
        told = ((change.rule, change.change) for tick in ticks for change in shard.tick(tick))
        self.cuts += 1
        if ("feed_stalled", "fired") not in told:  # asked no further than it takes
            self.untold.append(now - START)


def test_any_minute_that_is_cut_out_is_told_as_a_stall():
    """All over the four hours, from the first ten seconds on, and among the real stalls."""
    cutter = Cutter()
    with open_recording(BUSY) as lines:
        for _ in cutter.replay.play(cutter.frames(lines)):
            pass

    assert cutter.cuts >= 100
    assert [] == cutter.untold


@pytest.mark.parametrize("cut", [300, 4000, 8000, 10_500, 13_400, 15_000])
def test_a_minute_whose_lines_are_dropped_is_told_as_a_stall(cut):
    """As a recorder would lose it: the lines of [cut, cut + 60) are not there."""
    kept = part(cut - 600, cut) + part(cut + 60, cut + 70)
    told = [began for began, _ in Played(kept).spans("feed_stalled")]

    assert any(cut <= began <= cut + 60 for began in told)


PLAY = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.test_recordings import LATE, Played, digest, part
print(digest(Played(part(*LATE))))
"""


def digest(played: Played) -> str:
    return hashlib.sha256(b"".join(line(change) for change in played.changes)).hexdigest()


def test_the_same_recording_gives_the_same_bytes(late):
    """Also in another process, where words hash differently."""
    again = subprocess.run(
        [sys.executable, "-c", PLAY, str(PROJECT)],
        env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, timeout=100,
        check=True,
    )  # fmt: skip

    assert len(late.changes) > 50
    assert digest(late) == again.stdout.strip()
