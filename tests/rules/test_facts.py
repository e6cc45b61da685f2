"""Facts as columns: numbers, words of an enumeration, and any other text."""

from __future__ import annotations

import pytest

from monitor.events import KINDS
from monitor.rules.conditions import ProblemError
from monitor.rules.facts import FactKind
from monitor.rules.vocabulary import Given
from tests.stage import fact


def asked(kind: str, where: str, *facts, given: Given | None = None) -> list[str]:
    """A word for each fact."""
    of = FactKind(kind)
    condition = of.condition("where", where, given or Given())
    truth = condition.evaluate(of.columns(facts, condition.names))
    pairs = zip(truth.holds.tolist(), truth.fails.tolist(), strict=True)
    return ["holds" if holds else "fails" if fails else "unknown" for holds, fails in pairs]


def test_a_word_of_an_enumeration_is_compared():
    phases = [fact("session", 0, phase=phase) for phase in ("warning", "end")]

    assert ["holds", "fails"] == asked("session", 'phase == "warning"', *phases)


def test_a_number_that_is_not_told_is_unknown():
    facts = [fact("stream", 0, bitrate=bitrate) for bitrate in (100, 900, None)]

    assert ["holds", "fails", "unknown"] == asked("stream", "bitrate < 500", *facts)


def test_any_text_may_be_compared_with_any_text():
    facts = [fact("traffic", 0, source=source, value=9) for source in ("paid", "feed", "为什么")]

    assert ["holds", "fails", "fails"] == asked("traffic", 'source == "paid"', *facts)
    assert ["fails", "holds", "holds"] == asked("traffic", 'not source == "paid"', *facts)
    assert ["holds", "fails", "holds"] == (
        asked("traffic", 'source == "paid" or source == "为什么"', *facts)
    )


PRICES = ((True, 9), (False, 1))


def test_a_flag_stands_alone_and_a_parameter_is_a_number():
    facts = [
        fact("shelf", 0, sku="s1", on=on, price=price) for on, price in ((True, 9), (False, 1))
    ]

    assert ["holds", "fails"] == asked("shelf", "on", *facts)
    assert ["holds", "fails"] == asked("shelf", "price > low", *facts, given=Given({"low": 5.0}))


def test_its_fields_are_told_to_people():
    told = FactKind("session").values(fact("session", 0, phase="warning", reason="违规"))

    assert {"phase": "warning", "reason": "违规", "goal_minor": None, "anchor": None, "tier": None,
            "platform": None} == told  # fmt: skip


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_fact_has_fields_of_one_kind(kind):
    of = FactKind(kind)

    assert of.fields
    assert set(of.enums) <= set(of.fields)


@pytest.mark.parametrize(
    ("kind", "where", "mistake"),
    [
        ("sesion", "", "unknown fact `sesion` — did you mean `session`?"),
        ("session", "fase == 1", "`session` has no field `fase` — did you mean `phase`?"),
        ("session", 'phase == "warned"', "`phase` is never `warned` — did you mean `warning`?"),
        ("session", "phase > 1", "`phase` is a word, one of `start`, `pause`, `resume`, `end`,"
         " `warning`, `cut_off` — compare it: phase == \"start\""),
        ("mark", "text > 1", '`text` is a text — compare it: text == "…"'),
    ],
)  # fmt: skip
def test_a_mistake_says_what_to_write(kind, where, mistake):
    with pytest.raises(ProblemError) as refused:
        FactKind(kind).condition("where", where, Given())

    assert mistake == refused.value.message
