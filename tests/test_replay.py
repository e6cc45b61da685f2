"""Recorded facts through a shard, on the recording's own time."""

from __future__ import annotations

import gzip
import io
import json
import sys
from typing import Any

import pytest

from monitor.formats.decoder import Decoder
from monitor.replay import FRAME_BYTES, SILENCE_S, Replay, frames, line, open_recording
from monitor.rules import compile as rules
from monitor.shard import TICK_S, Shard
from tests.stage import START

LOUD = "rules: [{id: loud, kind: threshold, when: comments_10s >= 3, for: 2s}]"


def told(at: float, **fields: Any) -> bytes:
    """A line of a native recording, `at` seconds after START."""
    fact = {"type": "comment", "room": "r", "at": START + at, "user": "u", "text": "在", **fields}
    return json.dumps(fact).encode() + b"\n"


def recorded(at: float, text: str = "在") -> bytes:
    """A line of a Bilibili recording, which knows when it was received."""
    said = {"text": text, "uname": "u"}
    return (
        json.dumps({"room": 7, "recv": START + at, "cmd": "DANMU_MSG", "data": said}).encode()
        + b"\n"
    )


def player(text: str = LOUD, kind: str = "native") -> Replay:
    return Replay(Shard(rules.parse(text)), Decoder(source="recording", format=kind))


def play(replay: Replay, *lines: bytes) -> list[tuple[float, str]]:
    return [(change.at - START, change.change) for change in replay.play(frames(lines))]


@pytest.mark.parametrize(("kind", "write"), [("native", told), ("bilibili", recorded)])
def test_ticks_fall_on_whole_quarters_of_the_recordings_time(kind, write):
    """
    three comments at 0.1 ── 10.05: they leave the window of 10 s at 10
    """
    lines = [write(0.1), write(0.2), write(0.3), write(20.0)]

    assert [(0.5, "pending"), (2.5, "fired"), (10.0, "resolved")] == play(player(kind=kind), *lines)


def test_the_last_fact_is_seen_by_a_tick():
    replay = player("rules: [{id: loud, kind: threshold, when: comments_10s >= 3}]")

    assert [(5.25, "fired")] == play(replay, told(5.1), told(5.1), told(5.1))
    assert (START + 5.1, START + 5.1) == (replay.tally.first_at, replay.tally.last_at)


def test_a_line_that_comes_late_is_received_when_it_comes():
    """In a file 5 s stands after 40 s: now does not go backwards, and it is too late to count."""
    replay = player()
    play(replay, told(0), told(40), told(5), told(41))

    assert START + 41 == replay.now
    windows = replay.shard.figures.tables.windows
    assert (3, 1) == tuple(int(windows.read(name, "session")[0]) for name in ("comments", "late"))


def test_a_long_silence_is_ticked_through_for_a_while_and_then_skipped():
    """A day of nothing takes as long as a quarter of an hour; what follows is on time."""
    replay = player()
    ticks = []
    real = replay.shard.tick
    replay.shard.tick = lambda now: ticks.append(now) or real(now)  # type: ignore[func-returns-value]
    day = 86_400.0

    changes = play(replay, told(0), *[told(day)] * 3, told(day + 3))

    assert [(day, "pending"), (day + 2, "fired")] == changes
    assert sorted(set(ticks)) == ticks
    assert SILENCE_S <= len(ticks) * TICK_S <= SILENCE_S + 70
    assert START + SILENCE_S in ticks
    assert START + day - 60 in ticks  # what lasts for up to a minute is over in time


def test_what_can_not_be_read_is_counted_and_skipped():
    replay = player()
    play(replay, told(0), b"{broken\n", told(1))

    assert 1 == replay.decoder.rejected.total()
    assert 2 == replay.tally.facts["comment"]


def test_the_tally_tells_what_a_recording_holds():
    replay = player()
    gift = {"type": "gift", "gift": "rose", "amount_minor": 300}
    play(replay, told(0, user="a"), told(1, user="a"), told(2, user="b"), told(3, **gift))

    tally = replay.tally
    assert {"comment": 3, "gift": 1} == dict(tally.facts)
    assert {("r", "a"), ("r", "b")} == tally.commenters
    assert {"CNY": 300} == dict(tally.gifts_minor)


def test_lines_are_put_together_into_frames():
    """Each is whole, none is much greater than it need be, and nothing is lost."""
    lines = [told(number, text="长" * 300) for number in range(400)]

    made = list(frames(lines))

    assert 1 < len(made) < 40
    assert b"".join(lines) == b"".join(frame.data for frame in made)
    assert all(len(frame.data) <= FRAME_BYTES for frame in made)
    assert [] == list(frames([]))


def test_a_line_longer_than_a_frame_is_a_frame_of_its_own():
    long = told(1, text="长" * FRAME_BYTES)

    assert [told(0), long, told(2)] == [frame.data for frame in frames([told(0), long, told(2)])]


def test_a_recording_is_a_file_or_a_packed_one_or_standard_input(tmp_path, monkeypatch):
    text = told(0) + told(1)
    (tmp_path / "a.jsonl").write_bytes(text)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(text))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    read = []
    for name in (tmp_path / "a.jsonl", str(tmp_path / "a.jsonl.gz"), "-"):
        with open_recording(name) as lines:
            read.append(list(lines))

    assert [[told(0), told(1)]] * 3 == read


def test_a_change_is_a_line_of_json():
    """Its values are those the rule looked at, and the product if there is one."""
    text = "rules: [{id: out, kind: threshold, scope: product, when: stock == 0}]"
    replay = player(text)
    stock = {"type": "stock", "room": "r", "at": START, "sku": "s1", "value": 0}
    changes = list(replay.play(frames([json.dumps(stock).encode()])))

    assert {
        "at": START, "room": "r", "rule": "out", "change": "fired",
        "values": {"stock": 0.0, "sku": "s1"},
    } == json.loads(line(changes[0]))  # fmt: skip


def test_the_same_input_gives_the_same_bytes():
    lines = [told(number / 7, user=f"u{number % 11}") for number in range(500)]

    first, second = (
        b"".join(line(change) for change in player().play(frames(lines))) for _ in range(2)
    )

    assert first
    assert first == second
