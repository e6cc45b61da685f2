"""An operator's own phrases, and every mistake in them with its place."""

from __future__ import annotations

import pytest

from monitor.errors import ConfigError
from monitor.mood.mood import TOPICS, Mood
from monitor.mood.phrases import MOST, Phrases, load

WRITTEN = """\
complaints:
  - topic: quality
    phrases: [钻绒, 跑毛了]
harmless: [主播太坑了]
forbidden:
  - name: house
    says: 本店禁用
    terms: [原单]
allowed: [独家设计]
"""


def test_what_is_written_is_what_is_used():
    phrases = load(WRITTEN)
    mood = Mood(own=phrases)
    reading = mood.read(["这羽绒服钻绒", "跑毛了 怎么办?", "主播太坑了", "好看"])

    assert [True, True, False, False] == reading.negative.tolist()
    assert ["quality", "quality"] == [TOPICS[topic] for topic in reading.topic[:2]]
    assert ("house", ("独家设计",)) == (phrases.law.groups[0].name, phrases.law.allowed)


def test_phrases_are_taken_out_again():
    mood = Mood(own=load(WRITTEN))
    mood.use(Phrases())

    assert [Mood().read(["主播太坑了"]).score[0]] == mood.read(["主播太坑了"]).score.tolist()


def test_each_list_may_be_left_out():
    assert Phrases(harmless=("心态崩了",)) == load("harmless: [心态崩了]")


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (
            "complaints:\n  - topic: qualty\n    phrases: [钻绒]",
            "own.yaml:2:5: unknown topic `qualty` — did you mean `quality`?",
        ),
        ("harmless: [太]", "own.yaml:1:12: `太` has 1 letters — write 2 to 40"),
        (
            "complaints:\n  - topic: price\n    phrases: [太坑]\nharmless: [太 坑, 太坑]",
            "own.yaml:4:17: `太坑` is a complaint (price), too — keep one of them",
        ),
        ("harmles: [太坑]", "own.yaml:1:1: unknown field `harmles`"),
        ("harmless: [1", "own.yaml:1:"),
    ],
)
def test_a_mistake_has_an_address_and_a_remedy(text, mistake):
    with pytest.raises(ConfigError) as told:
        load(text, "own.yaml")

    assert mistake in str(told.value)


def test_a_file_holds_a_bounded_number_of_phrases():
    many = "\n".join(f"  - 短语{n}" for n in range(MOST + 2))
    with pytest.raises(ConfigError, match=f"own.yaml:{MOST + 2}:5: more than 5,000 phrases"):
        load(f"harmless:\n{many}", "own.yaml")
