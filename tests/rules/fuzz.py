"""The property tests of expressions at length: `python -m tests.rules.fuzz 100000`.

Each example is an expression and up to twelve rows, held against the oracle in plain
Python; the first mismatch ends it with the smallest example of it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

from tests.rules import test_expression as expressions

PROPERTIES: tuple[Callable[..., Any], ...] = (
    expressions.test_a_condition_says_of_each_row_what_plain_python_says,
    expressions.test_a_number_is_of_each_row_what_plain_python_says,
)


def main(examples: int) -> None:
    """Ask each property so often; raises where one fails."""
    at_length = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    for each in PROPERTIES:
        asked = 0

        def counted(*given: Any, inner: Any = each.hypothesis.inner_test, **named: Any) -> None:  # type: ignore[attr-defined]
            nonlocal asked
            inner(*given, **named)
            asked += 1

        original = each.hypothesis.inner_test  # type: ignore[attr-defined]
        each.hypothesis.inner_test = counted  # type: ignore[attr-defined]
        try:
            at_length(each)()
        finally:
            each.hypothesis.inner_test = original  # type: ignore[attr-defined]
        print(f"{each.__name__}: {asked:,} examples, 0 mismatches", flush=True)  # noqa: T201  # a script


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
