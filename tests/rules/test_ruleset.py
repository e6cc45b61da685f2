"""Rules in groups: what asks of others comes after them."""

from __future__ import annotations

import pytest

from monitor.errors import RuleError
from monitor.rules import compile as rules


def ruleset(*asked: str, scopes: dict[str, str] | None = None):
    """`x` is a threshold, `y(x, …)` a composite over others."""
    lines = []
    for each in asked:
        name, _, over = each.partition("(")
        scope = (scopes or {}).get(name, "room")
        if over:
            when = " or ".join(f"firing({rule})" for rule in over[:-1].split(","))
            lines.append(f"  - {{id: {name}, kind: composite, scope: {scope}, when: '{when}'}}")
        else:
            lines.append(f"  - {{id: {name}, kind: threshold, scope: {scope}, when: likes_1m > 1}}")
    return rules.parse("rules:\n" + "\n".join(lines))


def grouped(found) -> list[tuple[str, list[str]]]:
    return [(group.scope, [rule.id for rule in group.rules]) for group in found.groups]


def test_what_asks_of_others_is_asked_after_them():
    found = ruleset("c(b,a)", "a", "b(a)", "d")

    assert [("room", ["a", "d"]), ("room", ["b"]), ("room", ["c"])] == grouped(found)


def test_in_each_depth_scopes_have_their_order():
    found = ruleset("x(a)", "a", "b", "y(b)", scopes={"a": "all", "b": "product", "x": "platform"})

    assert [
        ("product", ["b"]), ("all", ["a"]), ("room", ["y"]), ("platform", ["x"]),
    ] == grouped(found)  # fmt: skip
    assert ["y"] == [rule.id for rule in found.of("room")]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("a(a)",), ["a: asks of itself in the end — take one of them out"]),
        (
            ("a(b)", "b(c)", "c(b)"),
            [
                "b: asks of itself in the end, over `c` — take one of them out",
                "c: asks of itself in the end, over `b` — take one of them out",
            ],
        ),
    ],
)
def test_a_circle_is_a_mistake_of_each_rule_in_it(asked, told):
    with pytest.raises(RuleError) as refused:
        ruleset(*asked)

    assert told == [mistake.split(": ", 1)[1] for mistake in refused.value.mistakes]


def test_no_rules_are_no_groups():
    assert () == rules.parse("rules: []").groups
