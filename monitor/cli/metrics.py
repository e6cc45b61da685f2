"""`roomwatch metrics`: the catalogue as lines, and as the page .github/METRICS.md."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from monitor.signals.metrics import CATALOGUE, FLAGS
from monitor.signals.readings import Column, spoken
from monitor.signals.sketches import ERROR

ABOUT = f"""\
# Every figure

Made by `roomwatch metrics --markdown`; a test holds it to the code.

A rule, a summary and a screen name a figure by its name. A name ends in its window (`_10s`,
`_1m`, `_5m`, `_session`); gauges stand bare. A figure of a room may be asked about each of its
products, too. **Unknown** is neither true nor false in a rule, and never 0: a feed that was
never heard, one that is stalled, a window with a hole in it, a division by zero.

Counts that sat at a platform's cap, and texts like `1.2万+`, are lower bounds. What is made
of one is told by `capped_<figure>` ({len(FLAGS)} of them: `capped_interaction_rate_1m`, …),
1 where the figure is only a bound; screens show ≥ where it is at least that, ≤ where it is a
rate of more people than we know of, and ≈ where both. Money is in minor units (fen) of the
room's currency. A rate is unknown where what it is *of* is unknown or 0.

Different people are counted exactly up to `engine.max_people` in a room's session; beyond, in
every window, by HyperLogLog, once a second: the standard error is {ERROR:.1%}, and a few are told
to one or two. Then `capped_<figure>` is 1 and the figure written ≈, also in what is made of it.
"""
HEADS = {"room": "## Of a room", "product": "## Of a product"}


def metrics(arguments: argparse.Namespace) -> int:
    if arguments.markdown:
        print(page(), end="")
        return 0
    for each in CATALOGUE.values():
        about = f"{each.help}, {spoken(each.window)}" if each.window else each.help
        print(f"{each.name:28} {each.unit:10} {about} = {each.formula}")
    return 0


def page() -> str:
    """The catalogue in Markdown; the windows of a figure share a line."""
    parts = [ABOUT]
    for scope, head in HEADS.items():
        lines = [_line(alike) for alike in _alike(scope)]
        parts.append(
            f"{head}\n\n| name | unit | windows | what | formula | of | unknown when |\n"
            f"|---|---|---|---|---|---|---|\n{''.join(lines)}"
        )
    return "\n".join(parts)


def _alike(scope: str) -> Iterable[list[Column]]:
    """The figures of a scope, those that differ by their window together."""
    groups: dict[str, list[Column]] = {}
    for column in CATALOGUE.values():
        if column.scope == scope:
            groups.setdefault(column.base, []).append(column)
    return groups.values()


def _line(alike: list[Column]) -> str:
    one = alike[0]
    windows = ", ".join(each.window for each in alike if each.window)
    of = dict.fromkeys(
        each.denominator.replace(f"_{each.window}", "_*") for each in alike if each.denominator
    )
    cells = (
        f"`{one.base}_*`" if windows else f"`{one.name}`", one.unit, windows, one.help,
        one.formula, ", ".join(f"`{name}`" for name in of), one.unknown,
    )  # fmt: skip
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"
