"""When many people complain about one thing, and when they do not."""

from __future__ import annotations

import numpy as np

from monitor.mood.incident import STREAMS, WARNING, WATCH
from monitor.mood.incidents import ALL, Incidents

START = 1_795_370_000.0
STREAM = STREAMS.index("stream")


class Room:
    """Row 0 of a table, and a clock."""

    def __init__(self) -> None:
        self.incidents = Incidents()
        self.now = START

    def wait(self, seconds: int, comments: int = 1) -> None:
        """So many seconds with so many harmless comments each."""
        for _ in range(seconds):
            self.incidents.comments(np.zeros(comments, np.int64))
            self.incidents.tick(self.now)
            self.now += 1

    def complain(self, users: list[str], topic: int = STREAM) -> None:
        """A complaint a second, of each user."""
        for user in users:
            self.incidents.comments(np.zeros(1, np.int64))
            self.incidents.complaint(0, user, topic, self.now)
            self.wait(1, 0)

    @property
    def open(self) -> set[str]:
        return {incident.topic for incident in self.incidents.open.values()}


def people(count: int) -> list[str]:
    return [f"u{number}" for number in range(count)]


def test_ten_people_in_ten_seconds_are_an_incident_of_their_topic():
    room = Room()
    room.wait(300)
    room.complain(people(10))

    assert {"stream", "all"} == room.open
    incident = room.incidents.open[0, STREAM]
    assert 3 <= incident.people <= 10
    assert incident.log10_p < -4.2
    assert incident.baseline < 0.005


def test_one_person_twenty_times_is_one_person():
    room = Room()
    room.wait(300)
    room.complain(["u"] * 20)

    assert set() == room.open


def test_a_person_counts_again_after_five_minutes_and_for_another_topic():
    incidents = Incidents()
    told = [
        incidents.complaint(0, "u", 0, START),
        incidents.complaint(0, "u", 0, START + 299),
        incidents.complaint(0, "u", 1, START + 299),
        incidents.complaint(0, "u", 0, START + 301),
        incidents.complaint(1, "u", 0, START + 301),
    ]

    assert [True, False, True, True, True] == told


def test_a_burst_of_neutral_comments_is_none():
    room = Room()
    room.wait(300)
    room.wait(60, comments=50)

    assert set() == room.open


def test_a_room_that_always_complains_a_little_is_no_incident():
    """
    One in ten complains about this and that for a quarter of an hour: that is the baseline.
    """
    room = Room()
    for number in range(90):
        room.complain([f"w{number}"], topic=ALL)
        room.wait(9)
    before = room.incidents.open.copy()
    for number in range(12):
        room.complain([f"v{number}"], topic=ALL)
        room.wait(9)

    assert {} == before
    assert set() == room.open


def test_it_ends_a_minute_after_the_last_half_minute_was_calm_and_stays_over():
    room = Room()
    room.wait(300)
    room.complain(people(10))
    room.wait(85)
    late = room.open
    room.wait(20)
    after = room.open
    room.wait(600)

    assert {"stream", "all"} == late
    assert set() == after == room.open


def test_what_does_not_end_is_told_again_after_five_minutes():
    room = Room()
    room.wait(300)
    for round_ in range(35):
        room.complain([f"{round_}-{user}" for user in range(5)])
        room.wait(5)

    assert 2 == room.incidents.open[0, STREAM].times


def test_rooms_do_not_know_each_other_and_tables_grow():
    incidents = Incidents(rows=1)
    incidents.grow(40)
    for second in range(60):
        incidents.comments(np.array([3, 39]))
        if second >= 50:
            incidents.complaint(39, f"u{second}", STREAM, START + second)
        incidents.tick(START + second)

    assert {39} == {row for row, _ in incidents.open}
    assert 0.0 == incidents.level[:, 3].max()
    assert incidents.level[STREAM, 39] >= 1.0
    incidents.forget(39)
    assert {} == incidents.open


def test_people_of_a_room_that_is_read_in_part_stand_for_more():
    """
    Five people who stand for two each are a warning; five of all are only watched.
    """
    levels = []
    for weight in (None, np.full(1, 2)):
        room = Room()
        room.wait(300)
        room.incidents.sample(np.zeros(1, np.int64), weight)
        room.complain(people(5))
        room.wait(2)
        incident = room.incidents.open[0, STREAM]
        levels.append((incident.level, incident.sampled))

    assert [(WATCH, 1.0), (WARNING, 0.5)] == levels
    room.incidents.sample(np.zeros(1, np.int64), None)
    assert 1.0 == room.incidents.sampled[0]
