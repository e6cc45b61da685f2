"""Open questions, against the plainest thing that could be right."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from monitor.mood.mood import Mood
from monitor.signals.questions import EACH, LATE_S, MOST, OPEN_S, Questions
from tests.stage import START, Stage

ROOM = 0


def told(questions: Questions, at: float) -> tuple[float, float]:
    count, wait = questions.open(1, START + at)
    return float(count[0]), float(wait[0])


def test_a_question_is_open_until_it_is_answered():
    """
    a asks at 0 s, b at 5 s; a is answered at 8 s
    """
    questions = Questions()
    questions.asked(ROOM, "a", START)
    questions.asked(ROOM, "b", START + 5)
    unknown = told(questions, 6)
    questions.answered(ROOM, "a", START + 8)

    assert all(math.isnan(each) for each in unknown)
    assert (1.0, 5.0) == told(questions, 10)
    questions.answered(ROOM, "b", START + 11)
    assert (0.0, 0.0) == told(questions, 12)


def test_after_five_minutes_nobody_waits():
    questions = Questions()
    questions.answered(ROOM, "z", START)
    questions.asked(ROOM, "a", START)
    questions.asked(ROOM, "b", START + 100)

    assert [(2.0, 299.0), (1.0, 200.5), (0.0, 0.0)] == [
        told(questions, at) for at in (299, OPEN_S + 0.5, OPEN_S + 101)
    ]


def test_who_asks_again_waits_since_the_first_time():
    """Until they are answered: then since they asked anew."""
    questions = Questions()
    for at in (0, 10, 30):
        questions.asked(ROOM, "a", START + at)
    questions.answered(ROOM, "z", START)
    waits = [told(questions, 40)]
    questions.answered(ROOM, "a", START + 20)
    waits.append(told(questions, 40))

    assert [(1.0, 40.0), (1.0, 10.0)] == waits


told_facts = st.lists(
    st.tuples(st.booleans(), st.sampled_from("abc"), st.integers(0, 400)), max_size=12, unique=True
)


@given(facts=told_facts, data=st.data())
def test_the_order_in_which_they_are_told_does_not_matter(facts, data):
    """A person waits since the first question after the last answer, of the last five minutes."""
    questions, now = Questions(), 400.0
    questions.answered(ROOM, "z", START)
    for asks, user, at in data.draw(st.permutations(facts)):
        (questions.asked if asks else questions.answered)(ROOM, user, START + at)

    waiting = []
    for user in "abc":
        answered = max((at for asks, who, at in facts if who == user and not asks), default=-1)
        since = max(answered, now - OPEN_S)
        open_ones = [at for asks, who, at in facts if who == user and asks and at > since]
        waiting += [min(open_ones)] if open_ones else []
    assert (len(waiting), now - min(waiting) if waiting else 0.0) == told(questions, now)


def test_memory_is_bounded():
    """One too many while all wait is not waited for; once they are answered there is room."""
    questions = Questions()
    for number in range(MOST + 1):
        questions.asked(ROOM, f"u{number}", START)
    for _ in range(3 * EACH):
        questions.asked(ROOM, "u0", START + 1)
    questions.answered(ROOM, "u0", START + 2)

    assert MOST - 1 == told(questions, 3)[0]
    assert 1 + EACH == len(questions._people[ROOM]["u0"])
    questions.asked(ROOM, "new", START + OPEN_S + LATE_S + 5)
    assert 1 == len(questions._people[ROOM])


def test_a_new_session_has_no_questions():
    questions = Questions()
    questions.asked(ROOM, "a", START)
    questions.answered(ROOM, "z", START)
    questions.forget(ROOM)

    assert math.isnan(told(questions, 1)[0])


def test_a_room_whose_staff_answers_has_open_questions():
    """Of a room with 'price?' asked twice by two people, one of whom is told."""
    stage = Stage(mood=Mood())
    stage.comment("多少钱?", user="a")
    stage.comment("多少钱?", user="b")
    stage.wait(10)
    stage.comment("19.9", user="host", is_host=True, reply_to="a")
    stage.wait(5)

    assert (1.0, 15.0) == (stage.figure("questions_open"), stage.figure("question_wait_s"))
