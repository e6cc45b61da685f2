"""Which rules explain which: while one fires in a room, the others tell nobody there.

    - id: feed_stalled
      inhibits: [engagement_*, comments_stalled]
    - id: engagement_drop
      inhibited_by: [feed_stalled]

The two say the same, from either side; names may be patterns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from monitor.documents import Loaded
from monitor.patterns import matches
from monitor.rules.kinds.kind import Rule
from monitor.shapes import suggest

FIELDS = ("inhibits", "inhibited_by")


def explains(rules: Sequence[Rule]) -> dict[str, tuple[str, ...]]:
    """Each rule that explains others, and those: ids, in the order of the files."""
    found: dict[str, dict[str, None]] = {}
    for rule in rules:
        for other in rules if rule.inhibits or rule.inhibited_by else ():
            if other.id != rule.id and matches(rule.inhibits, other.id):
                found.setdefault(rule.id, {})[other.id] = None
            if other.id != rule.id and matches(rule.inhibited_by, other.id):
                found.setdefault(other.id, {})[rule.id] = None
    return {by: tuple(others) for by, others in found.items()}


def mistakes(files: Sequence[Loaded[Any]], rules: Sequence[Sequence[Rule]]) -> Iterator[str]:
    """What is wrong with it in `files`, which hold these `rules`, and are all there are."""
    everyone = [rule for each in rules for rule in each]
    ids = [rule.id for rule in everyone]
    table = explains(everyone)
    for file, own in zip(files, rules, strict=True):
        for index, rule in enumerate(own):
            for field in FIELDS:
                for place, name in enumerate(getattr(rule, field)):
                    at = ("rules", index, field, place)
                    if name == rule.id:
                        yield file.mistake(at, "a rule does not explain itself — take it out")
                    elif not any(matches((name,), each) for each in ids):
                        yield file.mistake(at, f"unknown rule `{name}` — {suggest(name, ids)}")
            way = _way_back(rule.id, table)
            if way:
                field = "inhibits" if rule.inhibits else "inhibited_by"
                over = "`, `".join(way)
                what = f"explains itself in the end, over `{over}` — take one of them out"
                yield file.mistake(("rules", index, field), what)


def _way_back(rule: str, table: dict[str, tuple[str, ...]]) -> list[str]:
    """The ids on the way from a rule back to itself, without it; empty where there is none."""
    todo = [[other] for other in table.get(rule, ())]
    seen: set[str] = set()
    while todo:
        way = todo.pop(0)
        if rule in table.get(way[-1], ()):
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            todo += [[*way, other] for other in table.get(way[-1], ())]
    return []
