"""Compiled or not: the same figures."""

from __future__ import annotations

import importlib
import os
import pathlib
import subprocess
import sys

import msgspec
import numpy as np
import pytest

from monitor.bench.engine import RULES, WIRE_TYPES, Pass
from monitor.bench.generator import Market, blobs
from monitor.rules import compile as rules
from monitor.signals import gathering, windows
from monitor.speedups import build, loaded
from monitor.speedups.build import target
from monitor.speedups.loaded import compiled

ROOT = pathlib.Path(__file__).parents[2]
USERS = [  # whoever was imported with it: the engine is, so all of them are
    module
    for name, module in sorted(sys.modules.items())
    if name.startswith("monitor.") and module is not loaded
    if vars(module).get("compiled", loaded) is compiled
]
TESTS = (
    "gathering",
    "grouping",
    "hashes",
    "identity",
    "people",
    "sketches",
    "windows",
    "freshness",
    "lag",
    "engagement",
    "traffic",
    "totals",
    "orders",
    "stock",
    "changes",
    "outlook",
    "skus",
)


def test_what_was_installed_here_runs_compiled():
    """`make setup` builds it where there is a compiler, as on every machine of ours."""
    assert compiled is not None, f"{target()} is missing: `make setup` builds it"


def test_what_was_made_of_other_files_is_not_used(monkeypatch):
    monkeypatch.setattr(build, "digest", lambda: "of other files")
    try:
        assert None is importlib.reload(loaded).compiled
    finally:
        monkeypatch.undo()
        importlib.reload(loaded)


def test_a_market_comes_to_the_same_with_and_without(monkeypatch):
    """The bench's own market: late facts, duplicates, every hot kind, 50 rules."""
    opening, stream = blobs(Market(events=20_000, rooms=12, viewers=150, batch=300))
    found = []
    for _ in range(2):
        outcome = Pass(opening, "native", rules.load(RULES), None).play(stream)
        found.append((outcome.moved(), outcome.samples()))
        for module in USERS:
            monkeypatch.setattr(module, "compiled", None)

    (moved, samples), (moved_plainly, samples_plainly) = found
    assert moved
    assert moved_plainly == moved
    np.testing.assert_equal(samples, samples_plainly)


def test_columns_come_to_the_same_with_and_without(monkeypatch):
    _, stream = blobs(Market(events=3_000, rooms=5, batch=3_000))
    facts = msgspec.json.decode(stream[0].data, type=WIRE_TYPES["native"])
    row_of = {fact.room: number for number, fact in enumerate(facts)}
    fast = gathering.gather(facts, row_of, stream[0].now)
    monkeypatch.setattr(gathering, "compiled", None)
    plain = gathering.gather(facts, row_of, stream[0].now)

    assert [kind for kind, _ in plain.kinds] == [kind for kind, _ in fast.kinds]
    for (_, one), (_, other) in zip(plain.kinds, fast.kinds, strict=True):
        assert one.events == other.events
        for name in ("block", "at", "flags", "now"):
            np.testing.assert_equal(getattr(one, name), getattr(other, name))


def test_what_was_before_the_epoch_is_in_the_same_place_with_and_without(monkeypatch):
    found = []
    for _ in range(2):
        kept = windows.Windows(["comments"], rows=2)
        kept.add("comments", np.array([0, 1, 1]), np.array([-3, -1, -3]))
        kept.apply()
        found.append([kept.second("comments", slot).tolist() for slot in (-3, -2, -1)])
        monkeypatch.setattr(windows, "compiled", None)

    assert [[[1, 1], [0, 0], [0, 1]]] * 2 == found


@pytest.mark.timeout(110)
def test_everything_that_calls_it_holds_without_it():
    """The tests of those modules, in a process that may not load it."""
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
         *(f"tests/signals/test_{name}.py" for name in TESTS)],
        cwd=ROOT, env={**os.environ, "ROOMWATCH_PURE": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert 0 == told.returncode, told.stdout[-3000:]


@pytest.mark.parametrize(
    "call",
    [
        lambda: compiled.meet(*[np.zeros(4)] * 2, np.zeros(2, np.int64), np.zeros(1, bool)),
        lambda: compiled.heard(
            *[np.zeros((1, 2))] * 2, np.zeros((1, 3)), np.zeros((1, 2), bool), 0, np.zeros(1), 1.0
        ),
        lambda: compiled.heard(
            *[np.zeros((1, 2))] * 3, np.zeros((1, 2), bool), 0, np.array([2]), 1.0
        ),
        lambda: compiled.reached(np.zeros((2, 64), np.uint32), np.ones(1, np.int64), np.zeros(3)),
        lambda: compiled.meet(*[np.zeros(0)] * 2, np.ones(1, np.int64), np.zeros(1, bool)),
        lambda: compiled.meet(np.zeros(4), np.zeros(6), np.ones(1, np.int64), np.zeros(1, bool)),
        lambda: compiled.run(
            np.array([[16, 0, 0, 0], [17, 0, 0, 0]], np.int32),
            1,
            np.zeros(1),
            [np.zeros(4)],
            np.zeros((1, 4), np.float32),
        ),
        lambda: compiled.layouts([(int, None, None, None)]),
        lambda: compiled.did(np.zeros(4, np.int64), 7),
        lambda: compiled.did(
            *(np.zeros(8), np.zeros(8, np.int32), 0),
            *[np.ones(1, np.int64)] * 3,
            *(np.zeros((4, 2), np.int32), np.zeros(1), 9, [(0, 0)]),
            *windows.Windows(["comments"]).cells(),
        ),
        lambda: compiled.did(
            *(np.zeros(8), np.zeros(8, np.int32), 0),
            *[np.ones(1, np.int64)] * 3,
            *(np.zeros((4, 2), np.int32), np.zeros(2), 9, [(1, 0)]),
            *windows.Windows(["comments"]).cells(),
        ),
    ],
)
def test_what_does_not_fit_together_is_an_error_and_no_crash(call):
    with pytest.raises((TypeError, ValueError)):
        call()
