"""Patterns stand for comments, and the same patterns for the same ones."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from monitor.mood.model import TOPICS
from monitor.mood.seeds.grammar import PatternError, draw, parse, seeds

SEEDS = seeds()


def drawn(pattern: str, **words: str) -> set[str]:
    slots = {name: parse(each) for name, each in words.items()}
    return {draw(parse(pattern), slots, random.Random(number)) for number in range(200)}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("好", {"好"}),
        ("好|坏", {"好", "坏"}),
        ("(不|)好", {"不好", "好"}),
        ("(不)?好", {"不好", "好"}),
        ("{it}(很|不(太|))好", {f"{it}{how}好" for it in "甲乙" for how in ("很", "不太", "不")}),
        ("{it}?好", {"甲好", "乙好", "好"}),
        ("好吗?", {"好吗?"}),
        ("1)", {"1)"}),
    ],
)
def test_a_pattern_stands_for_every_way_through_it(pattern, expected):
    if pattern == "1)":
        with pytest.raises(PatternError, match="column 2"):
            parse(pattern)
        return

    assert expected == drawn(pattern, it="甲|乙")


@pytest.mark.parametrize("pattern", ["(好", "{好", "好)", "(好|(坏)"])
def test_half_a_bracket_is_a_mistake(pattern):
    with pytest.raises(PatternError):
        parse(pattern)


def test_an_unknown_slot_is_a_mistake():
    with pytest.raises(PatternError, match="unknown slot"):
        drawn("{nobody}好")


def test_the_seeds_are_the_same_each_time():
    assert SEEDS == seeds()


def test_no_seed_is_there_twice_or_empty():
    assert len(SEEDS) == len({seed.text for seed in SEEDS})
    assert all(seed.text.strip() for seed in SEEDS)


def test_every_topic_and_every_trap_has_many_seeds():
    """
    Complaints alone would teach that everything complains.
    """
    count = Counter(seed.about for seed in SEEDS)

    assert {*TOPICS, "question", "order", "chat", "mention", "praise"} == set(count)
    assert min(count.values()) >= 500
    assert 0.35 < sum(seed.label == "neg" for seed in SEEDS) / len(SEEDS) < 0.75


def test_no_slot_or_bracket_is_left_in_a_seed():
    assert [] == [seed.text for seed in SEEDS if set("{}|") & set(seed.text)]
