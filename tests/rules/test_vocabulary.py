"""Names that are not there, and things that stand where they have no meaning."""

from __future__ import annotations

import pytest

from monitor.rules.grammar import parse_condition, parse_value
from monitor.rules.tree import Column, ExpressionError, Number

NAMES = ("online", "comments_1m", "live")
ENUMS = {"segment": {"hook": 1.0, "push": 2.0}}


@pytest.mark.parametrize(
    ("text", "column", "told"),
    [
        ("comment_1m > 3", 1, "unknown name `comment_1m` — did you mean `comments_1m`?"),
        ("live and Online", 10, "unknown name `Online` — did you mean `online`?"),
        ("xyz > 3", 1, "unknown name `xyz` — `roomwatch metrics` lists the names there are"),
        ("live and True", 10, "unknown name `True` — write `true`"),
        ("online > None", 10, "unknown name `None` — leave it out: what is unknown is neither"),
        ("min > 3", 1, "unknown name `min` — call it with values in brackets: min(…)"),
        ("mn(online, 3) > 3", 1, "`mn` is not a function — did you mean `min`?"),
        ("online(3) > 3", 1, "`online` is not a function — call `abs`, `min`, `max`, `clip`"),
        ("clip(online, 1) > 3", 1, "`clip` takes 3 values, not 2 — write clip(value, lowest,"),
        ("abs(online, 1) > 3", 1, "`abs` takes 1 value, not 2 — separate values by commas"),
        ("min(online) > 3", 1, "`min` takes 2 to 16 values, not 1 — separate values by commas"),
        ("live == true", 6, "true and false are not compared — write the name alone, or `not`"),
        ("(live) > (online > 3)", 10, "`(online > 3)` is a condition, not a number — join"),
        ("live and 3", 10, "`3` is not a condition — compare it, for example with `> 0`"),
        ("segment", 1, '`segment` is a word, one of `hook`, `push` — compare it: segment == "hook'),
        ("segment > 1", 1, "`segment` is a word, one of `hook`, `push` — compare it"),
        ('segment < "hook"', 1, "`segment` is a word, one of `hook`, `push` — compare it"),
        ('segment == "hok"', 12, "`segment` is never `hok` — did you mean `hook`?"),
        ('segment == "zzz"', 12, "`segment` is never `zzz` — write one of `hook`, `push`"),
        ('online == "hook"', 11, "`hook` in quotes is not a number — quote only a word that"),
        ('"hook"', 1, '`"hook"` is not a condition'),
    ],
)
def test_a_mistake_says_what_to_write(text, column, told):
    with pytest.raises(ExpressionError) as caught:
        parse_condition(text, NAMES, ENUMS)

    assert column == caught.value.column
    assert str(caught.value).startswith(told)


def test_a_word_becomes_its_code_on_either_side():
    one = parse_condition('segment == "push"', NAMES, ENUMS)
    other = parse_condition('"push" == segment', NAMES, ENUMS)

    assert (("==", Column(0, 7, "segment"), Number(11, 17, 2.0)),) == one.pairs
    assert (("==", Number(0, 6, 2.0), Column(10, 17, "segment")),) == other.pairs


def test_a_word_is_no_number():
    with pytest.raises(ExpressionError, match="`segment` is a word"):
        parse_value("segment + 1", NAMES, ENUMS)
