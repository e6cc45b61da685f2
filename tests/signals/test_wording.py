"""What a room's own side says, titles and pins, held against forbidden terms."""

from __future__ import annotations

from monitor.events import Comment, Event, Mark, Pin, Shelf, Speech
from monitor.mood.phrases import load
from monitor.signals.wording import KEPT, TITLES, Wording

AT = 1_795_370_000.0


def speech(text: str) -> Speech:
    return Speech(room="r", at=AT, text=text)


def shelf(title: str, sku: str = "A") -> Shelf:
    return Shelf(room="r", at=AT, sku=sku, on=True, title=title)


def heard(wording: Wording, *events: Event) -> list[int]:
    return [wording.hear(0, event) for event in events]


def test_speech_counts_each_time():
    assert [1, 0, 1] == heard(Wording(), speech("顶级"), speech("好看"), speech("顶级"))


def test_the_host_s_comments_are_the_room_s_own_words():
    comment = Comment(room="r", at=AT, user="host", text="全网最低", is_host=True)

    assert [1] == heard(Wording(), comment)


def test_a_title_counts_when_it_is_new_or_another():
    first, other = shelf("国家级面霜"), shelf("国家级 顶级面霜")

    assert [1, 0, 2, 0] == heard(Wording(), first, first, other, shelf(""))


def test_a_pin_counts_for_the_title_of_its_product():
    wording = Wording()

    assert [1, 0, 1, 1] == heard(
        wording, shelf("国家级面霜"), Pin(room="r", at=AT, sku="B"),
        Pin(room="r", at=AT, sku="A"), Pin(room="r", at=AT, sku="A"),
    )  # fmt: skip
    assert ["title", "pin", "pin"] == [use.where for use in wording.uses(0)]


def test_a_title_that_was_mended_is_pinned_in_peace():
    assert [1, 0, 0] == heard(
        Wording(), shelf("国家级面霜"), shelf("好用面霜"), Pin(room="r", at=AT, sku="A")
    )


def test_a_room_is_known_once_its_own_side_was_heard():
    wording = Wording()
    heard(wording, Mark(room="r", at=AT, text="顶级", by="x"))
    silent = wording.heard[0]
    heard(wording, speech("好看"))

    assert (False, True) == (silent, wording.heard[0])


def test_a_notice_says_which_terms_where_and_in_what_words():
    wording = Wording()
    heard(wording, speech("国家级品质,治愈失眠"))

    assert {
        "wording": "主播口播用了「国家级」、「治愈」(绝对化用语、医疗功效):国家级品质,治愈失眠",
        "terms": "「国家级」、「治愈」",
        "where": "主播口播",
        "said": "国家级品质,治愈失眠",
    } == wording.evidence(0)
    assert {} == wording.evidence(1)


def test_a_new_session_has_said_nothing_and_keeps_its_titles():
    wording = Wording()
    heard(wording, shelf("国家级面霜"))
    wording.forget(0)

    assert ([], False) == (wording.uses(0), wording.heard[0])
    assert [1] == heard(wording, Pin(room="r", at=AT, sku="A"))


def test_only_the_last_uses_are_kept():
    wording = Wording()
    heard(wording, *[speech("顶级")] * (KEPT + 5))

    assert KEPT == len(wording.uses(0))


def test_the_operator_s_list_is_put_in_force():
    wording = Wording()
    wording.use(load("forbidden: [{name: house, terms: [原单]}]\nallowed: [顶级会员日]"))

    assert [1, 0] == heard(wording, speech("原单尾货"), speech("顶级会员日"))


def test_rows_grow_and_keep_what_they_know():
    wording = Wording(rows=1)
    heard(wording, speech("好"))
    wording.grow(5)

    assert wording.heard[:2].tolist() == [True, False]


def test_a_room_that_is_given_up_leaves_no_titles():
    wording = Wording()
    heard(wording, shelf("国家级面霜"))
    wording.release(0)

    assert [0] == heard(wording, Pin(room="r", at=AT, sku="A"))


def test_a_room_keeps_a_bounded_number_of_titles():
    wording = Wording()
    heard(wording, *[shelf("国家级面霜", f"S{n}") for n in range(TITLES + 1)])

    assert [0, 1] == heard(
        wording, Pin(room="r", at=AT, sku="S0"), Pin(room="r", at=AT, sku=f"S{TITLES}")
    )
