"""The catalogue: every figure that rules, screens and `roomwatch metrics` can name.

A name carries its window: `comments_10s`, `comments_1m`, `comments_5m`,
`comments_session`; gauges stand bare. To add one, write its reading into its family
(room_counts, room_gauges, script_figures, product_figures, play_figures …) and a row into
that family's table. What a figure is made of makes `capped_<figure>`, which tells where it
is only a bound.
"""

from __future__ import annotations

from monitor.signals import (
    mood_counts,
    play_figures,
    product_figures,
    room_counts,
    room_gauges,
    script_figures,
)
from monitor.signals.certainty import flag
from monitor.signals.hooks import VERDICTS
from monitor.signals.place import CODES
from monitor.signals.readings import Column

COLUMNS = (
    *room_counts.COLUMNS,
    *room_gauges.COLUMNS,
    *script_figures.COLUMNS,
    *mood_counts.COLUMNS,
    *product_figures.COLUMNS,
    *play_figures.COLUMNS,
)
CATALOGUE: dict[str, Column] = {column.name: column for column in COLUMNS}
assert len(CATALOGUE) == len(COLUMNS), "a name means one figure"

FLAGS = {  # capped_<figure>, for each that a platform's cap may make a bound
    each.name: each
    for each in (flag(column) for column in COLUMNS if column.above or column.below)
    if each.name not in CATALOGUE
}
FIGURES = CATALOGUE | FLAGS  # everything that rules and screens can name

# columns that hold codes, and their words
ENUMS = {"segment": CODES, "segment_before": CODES, "hook_verdict": VERDICTS}
