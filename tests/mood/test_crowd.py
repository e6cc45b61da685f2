"""What the people of a room are up to, and what is told of it."""

from __future__ import annotations

import numpy as np

from monitor.mood.crowd import NAMES, Crowd
from monitor.mood.mood import Mood

MOOD = Mood()
START = 1_795_370_000.0


def hear(crowd: Crowd, said: list[tuple[str, str]], now: float) -> list[bool]:
    """Row 0 hears these (user, text)."""
    rows = [0] * len(said)
    reading = MOOD.read([text for _, text in said])
    return crowd.heard(rows, np.array(rows), said, reading, now).tolist()


def complaining(text: str = "没声音") -> Crowd:
    """A calm minute, then ten people in ten seconds."""
    crowd = Crowd()
    for second in range(70):
        said = [(f"c{second}", "已下单")]
        if second >= 60:
            said.append((f"u{second}", text))
        hear(crowd, said, START + second)
        crowd.incidents.tick(START + second)
    return crowd


def test_every_topic_has_a_playbook():
    assert set(NAMES) == set(Crowd().playbooks)


def test_an_incident_is_told_with_topic_people_words_and_what_to_do():
    evidence = complaining().evidence(0)

    assert NAMES["stream"] == evidence["topic"]
    assert "没声音" == evidence["examples"]
    assert evidence["people"] >= 3
    assert evidence["p"] < 1e-4
    assert str(evidence["playbook"]).startswith("技术")
    assert "没声音" in str(evidence["incident"])


def test_without_an_incident_there_is_nothing_to_tell():
    assert {} == Crowd().evidence(0)


def test_the_fourth_copy_of_a_long_complaint_is_nobody_new():
    text = "主播家的东西质量太差了大家千万别买"
    crowd = Crowd()
    copied = [hear(crowd, [(user, text)], START)[0] for user in "abcdefgh"]

    assert [False, False, True, True, True, True, True, True] == copied
    assert 3 == crowd.incidents._total[7, 0]
    assert {True, False} == {each.copied for each in crowd.complaints(0)}


def test_a_new_session_begins_with_nothing():
    crowd = complaining()
    crowd.forget(0)

    assert {} == crowd.evidence(0)
    assert () == crowd.complaints(0)
