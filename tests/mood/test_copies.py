"""One text from many hands."""

from __future__ import annotations

import pytest

from monitor.mood.copies import Copies, keys
from monitor.mood.normalise import fold

TEXT = "这家的东西我买过三次都很好大家放心"


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        f"{TEXT}!!",
        f"{TEXT}😊",
        f"{TEXT}88",
        " ".join(TEXT),
        f"@小明 {TEXT}",
        f"{TEXT}[玫瑰]",
        TEXT * 2,
    ],
)
def test_marks_faces_digits_and_names_do_not_tell_copies_apart(copy):
    first, second = keys(fold([TEXT, copy])).tolist()

    assert first == second != 0


def test_another_letter_or_order_is_another_text():
    found = keys(fold([TEXT, TEXT[:-1] + "人", TEXT[::-1], TEXT + "啊"])).tolist()

    assert 4 == len(set(found))


def test_short_texts_are_never_compared():
    assert [0, 0, 0] == keys(fold(["没声音", "没声音", "九个字九个字九个字"])).tolist()


def test_people_are_counted_for_two_minutes_and_in_their_room():
    copies = Copies()

    assert [1, 1, 2] == [copies.seen(0, 7, user, 1_000.0) for user in "aab"]
    assert 1 == copies.seen(1, 7, "a", 1_000.0)
    assert 3 == copies.seen(0, 7, "c", 1_100.0)
    assert 1 == copies.seen(0, 7, "d", 1_500.0) or copies.seen(0, 7, "d", 1_700.0)
