"""What people read of an alert."""

from __future__ import annotations

import pytest

from monitor.rules.conditions import ProblemError
from monitor.rules.summary import Summary

NAMES = ("online", "gmv_1m", "share", "step")


def rendered(text: str, **values: object) -> str:
    return Summary(text, NAMES).render("rule", {"room_name": "红房", **values})


@pytest.mark.parametrize(
    ("text", "value", "read"),
    [
        ("{{ share | pct }}", 0.256, "25.6%"),
        ("{{ online | secs }}", 90.4, "1m30s"),
        ("{{ online | secs }}", -5.0, "0s"),
        ("{{ online | int }}", 12345.6, "12,346"),
        ("{{ gmv_1m | money }}", 1234567.0, "12,345.67"),
        ("{{ online | round }}", 1.25, "1.2"),
        ("{{ online }}", 3.0, "3"),
        ("{{ step }}", "hook", "hook"),
        ("{{ online | int }}", None, "—"),  # unknown
        ("{{ online }}", None, "—"),
    ],
)
def test_a_value_reads_as_people_write_it(text, value, read):
    name = text.split()[1]

    assert read == rendered(text, **{name: value})


def test_who_it_is_about_may_always_be_named():
    summary = Summary("{{ room_name }} {{ room }} {{ platform }} {{ product }}", ())

    assert "红房 r douyin 红裙" == summary.render(
        "rule", {"room_name": "红房", "room": "r", "platform": "douyin", "product": "红裙"}
    )
    assert () == summary.used


def test_what_a_summary_uses_is_known():
    assert ("gmv_1m", "online") == Summary("{{ online }} {{ room }} {{ gmv_1m }}", NAMES).used


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ onlin }}", "unknown value `onlin` — did you mean `online`?"),
        ("{{ online | precent }}", "not a template: No filter named 'precent'"),
        ("{{ online", "not a template: "),
        ("{% for a in range(9) %}{% endfor %}", "unknown value `range`"),
    ],
)
def test_what_would_fail_later_is_refused_now(text, message):
    with pytest.raises(ProblemError) as told:
        Summary(text, NAMES)

    assert ("summary",) == told.value.path
    assert told.value.message.startswith(message)
    assert " — " in told.value.message


def test_a_template_that_fails_gives_plain_text_and_is_counted():
    """Silence would be worse."""
    summary = Summary("{{ online / 0 }}", NAMES)

    assert "rule: room_name 红房, online 3.0" == summary.render(
        "rule", {"room_name": "红房", "online": 3.0}
    )
    assert 1 == summary.failures


def test_a_template_can_not_reach_into_the_program():
    """What it finds there is nothing: plain text comes out."""
    reached = rendered("{{ room_name.__class__.__mro__[1].__subclasses__() }}", online=1.0)

    assert reached.startswith("rule: ")
    assert "subclass" not in reached


def test_our_own_words_are_told_in_chinese() -> None:
    """
    A word that is not ours stays as it is, and nothing is a dash.
    """
    summary = Summary(
        "{{ step | zh }} {{ breach | zh }} {{ feed | zh }}", ["step", "breach", "feed"]
    )

    told = summary.render("r", {"step": "hook", "breach": "mine", "feed": None})

    assert "钩子 mine —" == told
