"""The phrases that are shipped, and how they are found."""

from __future__ import annotations

import pytest

from monitor.mood.model import TOPICS
from monitor.mood.normalise import plain
from monitor.mood.topics import Found, Lexicon, load, shipped

SHIPPED = load()


def test_the_longest_phrase_at_a_place_is_found():
    lexicon = Lexicon([("price", ["太贵", "太贵了吧"]), ("other", ["太"])])

    assert [Found(0, 4, TOPICS.index("price")), Found(4, 5, TOPICS.index("other"))] == lexicon.find(
        "太贵了吧太"
    )


def test_letters_and_digits_are_found_as_whole_words():
    lexicon = Lexicon([("other", ["bad", "12315"])])

    assert [] == lexicon.find("badge 112315")
    assert [(0, 3), (4, 9)] == [each[:2] for each in lexicon.find("bad,12315了")]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_shipped_phrase_of_a_topic_is_found_whole(topic):
    """
    A phrase that normalising changes could never be found.
    """
    phrases = dict(shipped())[topic]

    assert len(phrases) >= 40
    for phrase in phrases:
        assert phrase == plain([phrase])
        assert (0, len(phrase)) in [each[:2] for each in SHIPPED.find(phrase)]


def test_a_phrase_belongs_to_one_topic():
    phrases = [phrase for _, topic in shipped() for phrase in topic]

    assert len(set(phrases)) == len(phrases)
