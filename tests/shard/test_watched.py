"""A group of rules with its states: what it tells others, a restart, another life cycle."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.alerts.alert import Alert
from monitor.rules import compile as rules
from monitor.shard.watched import Watched

T0 = 1_795_370_000.0


class Rooms(dict):
    """Columns of rooms that broadcast."""

    scope = "room"

    def __init__(self, **columns: list[float]) -> None:
        super().__init__({name: np.array(values, float) for name, values in columns.items()})
        self.rows = len(next(iter(self.values())))

    def on_air(self) -> np.ndarray:
        return self.get("live", np.ones(self.rows)) != 0.0


def alert(**fields) -> Alert:
    made = {"key": "r|a", "rule": "r", "room": "a", "state": "firing", "episode": 1,
            "severity": "warning", "since": T0}  # fmt: skip
    return Alert(**{**made, **fields})


def watched(when: str = "comments_1m > 4", **fields: str) -> Watched:
    settings = {"id": "r", "kind": "threshold", "when": when, **fields}
    text = "\n    ".join(f"{name}: {value}" for name, value in settings.items())
    return Watched(rules.parse(f"rules:\n  - {text}\n").groups[0])


def step(one: Watched, now: float, **columns: list[float]) -> list[tuple[str, int]]:
    return [(moved.what, moved.row) for moved in one.step(Rooms(**columns), now)]


def test_it_tells_others_what_its_rules_say_of_each_row():
    """Row 0 fires, row 1 is pending, row 2 is quiet; somebody has seen the first."""
    one = watched(**{"for": "10s"})
    step(one, T0, comments_1m=[9, 1, 1])
    step(one, T0 + 10, comments_1m=[9, 9, 1])
    one.lifecycle.acked[0, 0] = True

    told = {
        function: one.told(function, "r", 3, T0 + 13).tolist()
        for function in ("firing", "pending", "acked", "firing_s")
    }

    assert {
        "firing": [1, 0, 0], "pending": [0, 1, 0], "acked": [1, 0, 0], "firing_s": [3, 0, 0],
    } == told  # fmt: skip


def test_rows_that_were_never_asked_are_quiet():
    assert [0.0] * 40 == watched().told("firing", "r", 40, T0).tolist()


def test_no_rows_are_not_asked():
    assert [] == step(watched(), T0, comments_1m=[])


@pytest.mark.parametrize(
    ("when", "patience"),
    [
        ("online > 4", 0.0),
        ("comments_10s > 4 and online > 1", 10.0),
        ("comments_10s > comments_1m / 6", 60.0),
        ("comments_5m > 4", 300.0),
        ("comments_session > 4", 300.0),
        ("minutes_live > 5", 300.0),
    ],
)
def test_after_a_restart_it_waits_for_the_longest_window_it_reads(when, patience):
    assert patience == watched(when).patience(0)


def test_so_does_what_asks_of_others_or_reads_a_window_beside_its_question():
    both = Watched(rules.parse(
        "rules:\n  - {id: a, kind: threshold, when: online > 1}\n"
        "  - {id: b, kind: composite, when: firing(a)}\n").groups[1])  # fmt: skip

    assert 300.0 == both.patience(0)
    assert 60.0 == watched("online > 1", only_when="comments_1m > 1").patience(0)


def test_what_was_restored_does_not_end_before_its_window_is_whole():
    """Seen for 60 s: what fails then, fails. A holding condition keeps it firing meanwhile."""
    one = watched()
    one.lifecycle.grow(2)
    for row in (0, 1):
        one.restore((0, row), alert(), T0, None)

    assert [("unknown", 0), ("unknown", 1)] == step(one, T0, comments_1m=[1, 1])
    assert [("known", 1)] == step(one, T0 + 30, comments_1m=[1, 9])
    assert [("resolved", 0), ("resolved", 1)] == step(one, T0 + 60, comments_1m=[1, 1])


def test_the_end_of_the_broadcast_ends_the_patience():
    one = watched()
    one.restore((0, 0), alert(), T0, None)

    assert [("resolved", 0)] == step(one, T0, comments_1m=[1], live=[0])


@pytest.mark.parametrize(
    ("last_at", "fires_at"),
    [
        (T0 + 4, 106),  # it held for 4 of its 10 s; the 96 s in between count for nothing
        (None, 110),  # nobody knows: anew
        (T0 + 900, 100),  # a clock that was set back
    ],
)
def test_time_that_nobody_saw_does_not_count_for_a_pending_alert(last_at, fires_at):
    one = watched(**{"for": "10s"})
    one.restore((0, 0), alert(state="pending"), T0 + 100, last_at)
    fired = [now for now in range(100, 120) if step(one, T0 + now, comments_1m=[9])]

    assert fires_at == fired[0]


def test_an_acknowledgement_and_the_instant_it_fired_are_restored():
    one = watched()
    one.restore((0, 0), alert(acked_at=T0, fired_at=T0 - 9, flapping=True), T0, None)

    assert [1.0, 10.0] == [one.told(name, "r", 1, T0 + 1)[0] for name in ("acked", "firing_s")]
    assert one.lifecycle.flapping[0, 0]


def test_it_goes_on_where_another_left_it():
    """Row 0 fires, row 1 waits; patience goes along."""
    before, after = watched(**{"for": "5s"}), watched(**{"for": "5s", "severity": "info"})
    before.restore((0, 0), alert(), T0, None)
    step(before, T0, comments_1m=[1, 9])
    after.go_on([before], {"r"})

    assert [("fired", 1)] == step(after, T0 + 5, comments_1m=[1, 9])
    assert [("resolved", 0)] == step(after, T0 + 60, comments_1m=[1, 9])


def test_a_row_of_another_room_knows_nothing_of_the_one_before():
    """Row 0 fired and is patient; then the room is given up."""
    one = watched()
    one.restore((0, 0), alert(), T0, None)
    one.forget([0, 7])

    assert [] == step(one, T0, comments_1m=[1])
    assert [("fired", 0)] == step(one, T0 + 1, comments_1m=[9])


def test_beside_other_rules_it_goes_on_too():
    """A rule is new: the rows of the other stay as they were, its patience and its severity too."""
    text = (
        "rules:\n  - {id: new, kind: threshold, when: online > 1}\n"
        "  - id: r\n    kind: sequence\n    severity: critical\n"
        "    steps: [{name: hook, max: 15s, warn: 12s}]\n"
    )
    before = Watched(rules.parse(text.replace("new", "old")).groups[0])
    before.restore((1, 0), alert(severity="critical", fired_at=T0), T0, None)
    after = Watched(rules.parse(text).groups[0])
    after.go_on([before], set())

    assert [0.0, 1.0] == [after.told("firing", name, 1, T0)[0] for name in ("new", "r")]
    assert "critical" == after.severity(1, 0)


def test_an_alert_is_as_bad_as_its_edited_rule_can_tell():
    """It was critical, of two severities; now there is but one."""
    text = (
        "rules: [{{id: r, kind: burn_rate, bad: refunds_session, total: paid_session,"
        " objective: 0.9, windows: [{}]}}]"
    )
    pairs = [
        "{long: 5m, short: 30s, factor: 2}",
        "{long: 5m, short: 1m, factor: 5, severity: critical}",
    ]
    before = Watched(rules.parse(text.format(", ".join(pairs))).groups[0])
    before.restore((0, 0), alert(severity="critical"), T0, None)
    assert "critical" == before.severity(0, 0)
    after = Watched(rules.parse(text.format(pairs[0])).groups[0])
    after.go_on([before], set())

    assert "warning" == after.severity(0, 0)
