"""Simulated rooms: how often the incident test is wrong, and how soon it is right.

Four hours of rooms at 5, 60, 500 and 5,000 comments a minute, forty of each, a count a
second. The volume
drifts around its median (log-normal, sd .5) and bursts to ten times itself with neutral comments;
the rate of each topic drifts (log-normal, sd .5, over 15 min). In the rooms that test the
delay, a share of the comments turns to complaints about one topic for four minutes. The
same seed is the same rooms.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.clock import steady
from monitor.mood.incident import STREAMS
from monitor.mood.incidents import ALL, PRIOR, WINDOWS_S, Incidents

RATES = (5, 60, 500, 5_000)  # comments a minute
SESSIONS = 40
HOURS = 4.0
MOST_FALSE = 0.3  # false alarms in four hours
SLOWEST_S = {5: 75.0, 60: 12.0, 500: 5.0, 5_000: 4.0}  # median, when 40 % complain
_START = 1_795_370_000.0
_DRIFT_S = 900.0
_WARM_S = 1200


class Crowd:
    """Rooms of one volume; `second()` gives what was written in the next second."""

    def __init__(self, per_minute: float, rooms: int, seed: int) -> None:
        self._dice = np.random.default_rng(seed)
        self._rate = per_minute / 60.0
        self._rooms = rooms
        self._volume = self._dice.normal(0.0, 0.5, rooms)
        self._mood = self._dice.normal(0.0, 0.5, (7, rooms))
        self._burst = np.zeros(rooms)
        self.topic = np.arange(rooms) % 7  # what each room complains about, when it does

    def second(self, complaining: float = 0.0) -> tuple[NDArray[np.int64], ...]:
        """Complaints by topic and room, and comments by room."""
        dice = self._dice
        keep = np.exp(-1.0 / _DRIFT_S)
        fresh = np.sqrt(1.0 - keep * keep)
        self._volume = keep * self._volume + fresh * dice.normal(0.0, 0.5, self._rooms)
        self._mood = keep * self._mood + fresh * dice.normal(0.0, 0.5, (7, self._rooms))
        self._burst = np.maximum(self._burst - 1.0, 0.0)
        self._burst[dice.random(self._rooms) < 1.0 / 1800.0] = 30.0  # one in half an hour
        usual = self._rate * np.exp(self._volume)
        rates = usual * PRIOR[:7, None] * np.exp(self._mood - 0.125)
        rates *= 1.0 - complaining
        if complaining:
            rates[self.topic, np.arange(self._rooms)] += complaining * usual
        complaints = dice.poisson(rates)
        neutral = np.maximum(usual - rates.sum(axis=0), 0.0) + 9.0 * usual * (self._burst > 0)
        return complaints, dice.poisson(neutral) + complaints.sum(axis=0)


class Found(NamedTuple):
    """What one volume came to."""

    false_alarms: float  # in four hours of a room: times it went from quiet to an incident
    found: float  # share of the incidents
    median_s: float
    right: float  # share of those found whose topic was named


def false_alarms(
    per_minute: float, seed: int, sessions: int = SESSIONS, hours: float = HOURS
) -> float:
    """Incidents where there were none, in four hours of a room."""
    crowd, incidents = Crowd(per_minute, sessions, seed), Incidents(rows=sessions)
    alarms, troubled = 0, set[int]()
    for second in range(int(hours * 3600)):
        incidents.counted(*crowd.second())
        incidents.tick(_START + second)
        now = {row for row, _ in incidents.open}
        alarms += len(now - troubled)
        troubled = now
    return alarms / sessions * 4.0 / hours


def delays(per_minute: float, complaining: float, seed: int, sessions: int = 4 * SESSIONS) -> Found:
    """How soon an incident of four minutes is found, after twenty quiet minutes."""
    crowd, incidents = Crowd(per_minute, sessions, seed), Incidents(rows=sessions)
    waited = np.full(sessions, np.inf)
    right = np.zeros(sessions, bool)
    for second in range(_WARM_S + 240):
        trouble = second >= _WARM_S
        incidents.counted(*crowd.second(complaining if trouble else 0.0))
        incidents.tick(_START + second)
        if second == _WARM_S - 1:
            for key in list(incidents.open):  # a false one before: that room is not judged by it
                incidents.forget(key[0])
        if trouble:
            for row, stream in incidents.open:
                waited[row] = min(waited[row], second - _WARM_S + 1)
                right[row] |= stream == crowd.topic[row]
    found = np.isfinite(waited)
    median = float(np.median(waited[found])) if found.any() else float("inf")
    return Found(float("nan"), float(found.mean()), median, float(right[found].mean()))


def detector_ms(rooms: int = 1_000, seconds: int = 120) -> tuple[float, float]:
    """Milliseconds of a step over so many rooms: the median, and the worst.

    In the second half of the time all of them turn to complaints at once.
    """
    crowd, incidents = Crowd(120, rooms, 3), Incidents(rows=rooms)
    took = []
    for second in range(seconds):
        incidents.counted(*crowd.second(0.3 if second > seconds // 2 else 0.0))
        begun = steady()
        incidents.tick(_START + second)
        if second % 2 == 0 and second > 20:
            took.append((steady() - begun) * 1000.0)
    return float(np.median(took)), max(took)


def report(seed: int) -> bool:
    """Print a table; whether every gate holds."""
    print(f"seed {seed}, {SESSIONS} sessions of {HOURS:g} h each; streams: {', '.join(STREAMS)}")
    print("comments/min  false/4 h  40 %: found  median  topic   15 %: found  median")
    good = True
    for rate in RATES:
        wrong = false_alarms(rate, seed)
        many = delays(rate, 0.40, seed + 1)
        few = delays(rate, 0.15, seed + 2)
        holds = wrong <= MOST_FALSE and many.median_s <= SLOWEST_S[rate]
        good &= holds
        print(
            f"{rate:>12,}  {wrong:>9.2f}  {many.found:>11.0%}  {many.median_s:>5.0f}s"
            f"  {many.right:>5.0%}  {few.found:>12.0%}  {few.median_s:>5.0f}s"
            f"  {'holds' if holds else 'FAILS'}"
        )
        sys.stdout.flush()
    median, worst = detector_ms()
    print(
        f"a step over 1,000 rooms x {ALL + 1} streams x {len(WINDOWS_S)} windows: {median:.1f} ms,"
        f" {worst:.1f} ms when an incident begins in all of them at once"
    )
    return good and median <= 10.0
