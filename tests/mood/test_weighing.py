"""What a closer look at a comment adds to its score."""

from __future__ import annotations

import pytest

from monitor.mood.model import TOPICS
from monitor.mood.phrases import Phrases, load
from monitor.mood.weighing import MOST, NO_TOPIC, Weights

WEIGHTS = Weights(Phrases())


@pytest.mark.parametrize(
    ("line", "adds", "topic", "against"),
    [
        ("好看", 0.0, None, []),
        ("掉色", 0.6, "quality", []),
        ("掉色 起球", 0.9, "quality", []),
        ("掉色 起球 开线 漏水 发霉 刺鼻", MOST, "quality", []),
        ("不掉色", -1.2, None, ["denied"]),
        ("掉色吗", -0.3, "quality", ["asked"]),
        ("怎么还掉色!!", 0.6, "quality", []),
        ("听说会掉色", -0.7, "quality", ["quoted"]),
        ("几天了还没发货", 0.9, "logistics", []),  # the phrase asks, what stands around it does not
        ("多少钱", -0.9, None, ["asked"]),
        ("垃圾 没声音", 0.9, "stream", []),  # what names a matter outvotes what does not
        ("垃圾", 0.6, "other", []),
    ],
)
def test_phrases_add_and_guards_take_back(line, adds, topic, against):
    look = WEIGHTS.look(line)

    assert (adds, against) == (pytest.approx(look.adds), look.against)
    assert topic == (None if look.topic == NO_TOPIC else TOPICS[look.topic])


def test_only_the_places_told_are_looked_at():
    assert ["起球"] == WEIGHTS.look("掉色起球", [2]).phrases
    assert [] == WEIGHTS.look("掉色起球", []).phrases


def test_what_is_known_to_have_no_guard_is_not_asked_for_one():
    assert [] == WEIGHTS.look("听说会掉色", guarded=False).against
    assert ["denied"] == WEIGHTS.look("不掉色", guarded=False).against


def test_the_operator_s_word_is_the_last():
    own = Weights(load("complaints: [{topic: price, phrases: [真香]}]\nharmless: [太坑了]"))

    assert own.look("真香").adds > 6
    assert (["harmless"], True) == (own.look("太坑了").against, own.look("太坑了").adds < -6)
