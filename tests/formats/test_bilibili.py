"""
Bilibili's commands, as recorded and raw; the real recordings give their reference figures.
"""

import gzip
import json
import re
from collections import Counter
from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from monitor.events import Comment, Event, Gift, Viewers
from monitor.formats.bilibili import NOISE, TRANSLATIONS
from monitor.formats.decoder import Decoder
from monitor.frames import Batch, Frame

DATA = Path(__file__).parents[3] / "shared" / "data" / "recordings" / "bilibili"
MOCK = DATA / "raw_samples" / "mock"
NOW = 1_795_370_003.0
ABSENT = "no recordings beside the project: ../shared/data"
CST = timezone(timedelta(hours=8))

recordings = [
    pytest.mark.recordings,
    pytest.mark.skipif(not DATA.is_dir(), reason=ABSENT),
]


def receive(*commands: dict[str, Any], decoder: Decoder | None = None) -> list[Batch]:
    decoder = decoder or Decoder(source="b", format="bilibili", room="100")
    frames = [Frame(data=json.dumps(one).encode(), received_at=NOW) for one in commands]
    return decoder.receive(frames, NOW)


@cache
def recording(room: int) -> tuple[Decoder, list[Batch]]:
    decoder = Decoder(source="b", format="bilibili")
    with gzip.open(DATA / f"room_{room}.jsonl.gz") as lines:
        frames = [Frame(data=line, received_at=NOW) for line in lines]
    return decoder, decoder.receive(frames, NOW)


def events_of(room: int) -> list[Event]:
    return [event for batch in recording(room)[1] for event in batch.events]


class TestRoom11365:
    """Four hours of a busy room; the figures are those of the recording's own README."""

    pytestmark = recordings

    def test_every_line_is_understood(self) -> None:
        """
        73,566 lines: none refused, none unknown, in the order and at the time they were received.
        """
        decoder, batches = recording(11365)
        times = [batch.received_at for batch in batches]

        assert 73_566 == len(decoder.reports)
        assert ({}, {}) == (decoder.rejected, decoder.unknown)
        assert sorted(times) == times
        assert 1_640_864_083.31 == times[0]
        assert {("11365",), ()} == {batch.heard for batch in batches}

    def test_gifts_are_counted_once(self) -> None:
        """
        SEND_GIFT 56,396.8 yuan; of 6,301 combos 454 repeat them, the others are 508.3 yuan.
        """
        gifts = [event for event in events_of(11365) if isinstance(event, Gift)]
        sent = [gift for gift in gifts if gift.id and gift.id.isdecimal()]
        combos = [gift for gift in gifts if gift.id and gift.id.startswith("batch:")]

        assert (5_234, 5_639_680) == (len(sent), sum(gift.amount_minor for gift in sent))
        assert (5_847, 50_830) == (len(combos), sum(gift.amount_minor for gift in combos))
        assert all(gift.virtual for gift in gifts)

    def test_guards_are_counted_as_paid_and_super_chats_in_yuan(self) -> None:
        """
        115 guards for 42,648 yuan (not the 55,548 of the price list), 18,503 yuan of super chats.
        """
        gifts = [event for event in events_of(11365) if isinstance(event, Gift)]
        guards = [gift for gift in gifts if gift.gift in ("舰长", "提督", "总督")]
        chats = [gift for gift in gifts if gift.gift == "醒目留言"]

        assert (115, 4_264_800) == (len(guards), sum(gift.amount_minor for gift in guards))
        assert (159, 1_850_300) == (len(chats), sum(gift.amount_minor for gift in chats))

    def test_comments_and_who_wrote_them(self) -> None:
        """
        1,848 people; a minute p50 112, p95 505; at 23:38 869, of which 380 only question marks.
        """
        comments = [event for event in events_of(11365) if isinstance(event, Comment)]
        by_minute = Counter(int(comment.at // 60) for comment in comments)
        minutes = sorted(by_minute.values())
        (peak, most), *_ = by_minute.most_common(1)
        puzzled = [
            comment
            for comment in comments
            if int(comment.at // 60) == peak and re.fullmatch("[?？]+", comment.text)
        ]

        assert (41_113, 1_848) == (len(comments), len({comment.user for comment in comments}))
        assert (112, 505, 869) == (
            minutes[len(minutes) // 2],
            minutes[int(len(minutes) * 0.95)],
            most,
        )
        assert "2021-12-30 23:38" == datetime.fromtimestamp(peak * 60, CST).strftime("%F %H:%M")
        assert 380 == len(puzzled)
        assert {"received"} == {comment.at_from for comment in comments}

    def test_the_recorder_stalls_can_be_seen(self) -> None:
        """
        238 s of silence in receive time; gifts, which have a time of their own, up to 769 s late.
        """
        _, batches = recording(11365)
        times = [batch.received_at for batch in batches]
        late = [
            batch.received_at - event.at
            for batch in batches
            for event in batch.events
            if event.at_from == "platform"
        ]

        assert 238 == round(max(b - a for a, b in pairwise(times)))
        assert 769 == round(max(late))


@pytest.mark.recordings
@pytest.mark.skipif(not DATA.is_dir(), reason=ABSENT)
@pytest.mark.parametrize(
    ("room", "lines", "kinds"),
    [
        (44857, 935, {"Comment": 14, "Enter": 14, "Viewers": 9, "Gift": 1}),
        (
            23789393,
            869,
            {"Enter": 25, "Comment": 8, "Gift": 3, "Viewers": 1, "Session": 1},
        ),
    ],
)
def test_quiet_rooms_are_understood_too(room: int, lines: int, kinds: dict[str, int]) -> None:
    """
    Mostly proof that the feed is alive; one of them ends.
    """
    decoder, batches = recording(room)

    assert lines == len(decoder.reports)
    assert ({}, {}) == (decoder.rejected, decoder.unknown)
    assert kinds == Counter(type(event).__name__ for event in events_of(room))
    assert (str(room),) in {batch.heard for batch in batches}


# folder of raw samples -> what its messages mean; nothing: heard only
MEANT = {
    "ANCHOR_LOT_AWARD": "LuckyBag close",
    "ANCHOR_LOT_END": "LuckyBag draw",
    "ANCHOR_LOT_START": "LuckyBag open",
    "COMBO_SEND": "Gift",
    "CUT_OFF": "Session cut_off",
    "DANMU_MSG": "Comment",
    "DANMU_MSG-4-0-2-2-2-0": "Comment",
    "INTERACT_WORD/enter": "Enter",
    "INTERACT_WORD/follow": "Follow",
    "INTERACT_WORD/share": "Share",
    "LIKE_INFO_V3_CLICK": "Like",
    "LIKE_INFO_V3_UPDATE": "Like",
    "LIVE": "Session start",
    "ONLINE_RANK_COUNT": "Viewers",
    "POPULARITY_RED_POCKET_START": "LuckyBag open",
    "POPULARITY_RED_POCKET_WINNER_LIST": "LuckyBag draw",
    "PREPARING": "Session end",
    "SEND_GIFT": "Gift",
    "SUPER_CHAT_MESSAGE": "Gift",
    "USER_TOAST_MSG": "Gift",
    "WARNING": "Session warning",
    "WATCHED_CHANGE": "Viewers",
}
SAMPLES = sorted(MOCK.glob("*/*.json")) or [MOCK / "absent"]


@pytest.mark.recordings
@pytest.mark.skipif(not DATA.is_dir(), reason=ABSENT)
@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_every_raw_sample_means_what_its_folder_says(file: Path) -> None:
    """
    Untouched web commands; what is not in MEANT is heard and nothing else.
    """
    decoder = Decoder(source="b", format="bilibili", room="100")
    frame = Frame(data=file.read_bytes(), received_at=NOW)
    folder = file.parent.name

    batches = decoder.receive([frame], NOW)

    if file.stem.startswith("decoded_"):  # not a command: what somebody made of one
        assert {"missing field": 1} == decoder.rejected
        return
    meant = MEANT.get(folder) or MEANT.get(f"{folder}/{file.stem}")
    said = [
        f"{type(event).__name__} {getattr(event, 'phase', '')}".strip()
        for batch in batches
        for event in batch.events
    ]
    assert [meant] * bool(meant) == said
    assert {} == decoder.rejected
    assert [() if meant else ("100",)] == [batch.heard for batch in batches]
    assert ({folder: 1} if folder == "INTERACT_WORD_V2" else {}) == decoder.unknown


def test_a_recorded_line_without_its_time_takes_that_of_the_line_before() -> None:
    """
    recv  10 │ lost │ 12
    """
    line = {"room": 1, "cmd": "ONLINE_RANK_COUNT", "data": {"count": 5}}
    times = (NOW - 90, None, NOW - 88)

    batches = receive(*({**line, "recv": recv} for recv in times))

    assert [(NOW - 90, 2), (NOW - 88, 1)] == [
        (batch.received_at, len(batch.events)) for batch in batches
    ]


def test_a_raw_command_after_a_recorded_one_is_received_now() -> None:
    """
    A machine may see both; only recorded lines have a time of receipt of their own.
    """
    said = {"cmd": "ONLINE_RANK_COUNT", "data": {"count": 5}}

    batches = receive({**said, "room": 1, "recv": NOW - 90}, said)

    assert [("1", NOW - 90), ("100", NOW)] == [
        (batch.events[0].room, batch.events[0].at) for batch in batches
    ]


def test_the_cap_of_the_online_count_is_flagged() -> None:
    """
    9,990 to 10,032 is where the platform stops counting, not how many there are.
    """
    counts = (9_989, 9_990, 10_032, 10_033)
    (batch,) = receive(*({"cmd": "ONLINE_RANK_COUNT", "data": {"count": n}} for n in counts))

    assert [False, True, True, False] == [
        event.capped for event in batch.events if isinstance(event, Viewers)
    ]


def test_a_comment_in_a_shape_we_do_not_know_is_refused() -> None:
    """
    Positions that are not there, or hold something else.
    """
    decoder = Decoder(source="b", format="bilibili", room="100")
    for info in ([], [[], "t", [0, "u"]], [[0, 1, 2, 3, 4e12], 5, [0, "u"]], "text", [1, 2, 3]):
        receive({"cmd": "DANMU_MSG", "info": info}, decoder=decoder)

    assert {"missing field": 2, "wrong type": 3} == decoder.rejected


def test_a_command_is_either_translated_or_noise() -> None:
    """
    Never both.
    """
    assert set() == NOISE & TRANSLATIONS.keys()
