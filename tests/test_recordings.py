"""What the shipped rules tell of real rooms, recorded by others (../shared/data).

room_11365        4 h of a busy room; from 11,000 s on the recorder stalls, again and again
room_44857        a quiet room
room_23789393     a quiet room that ends
"""

from __future__ import annotations

import copy
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
from monitor.replay import Replay, frames, line, open_recording
from monitor.rules import compile as rules
from monitor.shard import TICK_S, Shard

PROJECT = pathlib.Path(__file__).parent.parent
RECORDINGS = PROJECT.parent / "shared" / "data" / "recordings" / "bilibili"
BUSY = RECORDINGS / "room_11365.jsonl.gz"
START = 1_640_864_083.31  # of the busy room's recording, 19:34:43 CST
STALL = 12_877.19  # seconds after that 238 s of nothing begin, 23:09:20 CST
CONFUSION = 14_597  # 23:38 CST: 869 comments in a minute, 380 of them only question marks

pytestmark = [
    pytest.mark.recordings,
    pytest.mark.skipif(not RECORDINGS.exists(), reason="no recordings in ../shared/data"),
    pytest.mark.xdist_group("recordings"),  # they share what was played
]


def replay() -> Replay:
    shard = Shard(rules.load(PROJECT / "rules"), mood=Mood())
    return Replay(shard, Decoder(source="recording", format="bilibili"))


class Played:
    """A recording, played whole."""

    def __init__(self, path: pathlib.Path) -> None:
        self.replay = replay()
        with open_recording(path) as lines:
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


@pytest.fixture(scope="module")
def busy() -> Played:
    return Played(BUSY)


@pytest.fixture(scope="module")
def received() -> list[float]:
    """When each line of the busy room was received, in seconds since the start."""
    with gzip.open(BUSY) as lines:
        return [json.loads(text)["recv"] - START for text in lines]


def test_every_line_is_read_and_the_figures_come_out(busy):
    """The reference figures of the recordings' README; money in fen, rounded per gift."""
    tally, decoder = busy.replay.tally, busy.replay.decoder

    assert {} == dict(decoder.rejected)
    assert {} == dict(decoder.unknown)
    assert 41_113 == tally.facts["comment"]
    assert 1_848 == len({user for _, user in tally.commenters})
    # 56,396.8 of gifts, 508.3 of combos, 42,648 of guards and 18,503 of super chats.
    assert 11_805_610 == tally.gifts_minor["CNY"]


def test_the_stall_of_238_seconds_is_told_as_a_stalled_feed(busy):
    """
    12,877 s ─ 20 s of nothing ─ told ─────────── 13,115 s ─ over
    """
    during = [span for span in busy.spans("feed_stalled") if STALL <= span[0] <= STALL + 238]

    assert [(STALL + 20, STALL + 238)] == [
        (pytest.approx(began, abs=0.6), pytest.approx(ended, abs=0.6)) for began, ended in during
    ]


def test_no_stall_is_taken_for_a_room_that_loses_interest(busy, received):
    """No drop of engagement is told while its five minutes hold 20 s of nothing."""
    holes = [
        (before, after) for before, after in itertools.pairwise(received) if after - before >= 20
    ]
    drops = [began for began, _ in busy.spans("engagement_drop")]

    assert drops
    assert [] == [
        (drop, hole) for drop in drops for hole in holes if hole[0] < drop < hole[1] + 300
    ]


def test_the_confusion_at_23_38_is_told(busy):
    during = [
        span for span in busy.spans("confusion_burst") if span[0] <= CONFUSION + 60 <= span[1]
    ]

    assert 1 == len(during)


def test_the_confusion_at_23_38_is_in_the_figures():
    """Half an hour before it and the minute itself: 380 of 869 comments ask what is going on."""
    player = replay()
    with gzip.open(BUSY) as lines:
        part = [
            text for text in lines
            if CONFUSION - 60 <= json.loads(text)["recv"] - START < CONFUSION + 60
        ]  # fmt: skip
    list(player.play(frames(part)))
    windows = player.shard.figures.tables.windows

    assert 380 <= int(windows.read("confusion", "1m")[0]) <= 480
    assert 869 == pytest.approx(int(windows.read("comments", "1m")[0]), abs=10)


@pytest.mark.parametrize("room", ["44857", "23789393"])
def test_a_quiet_room_is_quiet(room):
    """Silences of up to 216 s are told to nobody."""
    played = Played(RECORDINGS / f"room_{room}.jsonl.gz")

    assert [] == [change for change in played.changes if "stalled" in change.rule]


class Cutter:
    """Plays a recording and cuts it every minute: what happens if nothing comes for 60 s?

    What a shard knows at the cut is copied, and time goes on in the copy without a fact.
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
                next_cut = now + 60

    def cut(self, now: float) -> None:
        rules_stay = {id(rule): rule for rule in self.replay.shard.rules.rules}
        shard = copy.deepcopy(self.replay.shard, rules_stay)
        ticks = [now + tick * TICK_S for tick in range(1, 241)]
        told = {(change.rule, change.change) for tick in ticks for change in shard.tick(tick)}
        self.cuts += 1
        if ("feed_stalled", "fired") not in told:
            self.untold.append(now - START)


def test_any_minute_that_is_cut_out_is_told_as_a_stall():
    """At every minute of the four hours, also among the recorder's own stalls."""
    cutter = Cutter()
    with open_recording(BUSY) as lines:
        for _ in cutter.replay.play(cutter.frames(lines)):
            pass

    assert cutter.cuts >= 200
    assert [] == cutter.untold


@pytest.mark.parametrize("cut", [300, 4000, 8000, 10_500, 13_400, 15_000])
def test_a_minute_whose_lines_are_dropped_is_told_as_a_stall(cut):
    """As a recorder would lose it: the lines of [cut, cut + 60) are not there."""
    with gzip.open(BUSY) as lines:
        kept = []
        for text in lines:
            at = json.loads(text)["recv"] - START
            if cut - 600 <= at < cut or cut + 60 <= at < cut + 70:
                kept.append(text)
    fired = [
        change.at - START for change in replay().play(frames(kept))
        if (change.rule, change.change) == ("feed_stalled", "fired")
    ]  # fmt: skip

    assert any(cut <= at <= cut + 60 for at in fired)


PLAY = """
import sys
sys.path.insert(0, sys.argv[2])
from tests.test_recordings import RECORDINGS, Played
from monitor.replay import line
import hashlib, pathlib
played = Played(pathlib.Path(sys.argv[1]))
print(hashlib.sha256(b"".join(line(change) for change in played.changes)).hexdigest())
"""


def test_the_same_recording_gives_the_same_bytes(busy):
    """Also in another process, where words hash differently."""
    expected = hashlib.sha256(b"".join(line(change) for change in busy.changes)).hexdigest()

    again = subprocess.run(
        [sys.executable, "-c", PLAY, str(BUSY), str(PROJECT)],
        env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, timeout=100,
        check=True,
    )  # fmt: skip

    assert expected == again.stdout.strip()
