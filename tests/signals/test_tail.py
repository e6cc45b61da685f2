"""The last comments of each room."""

from __future__ import annotations

from monitor.events import Comment
from monitor.mood.mood import Mood
from monitor.signals.gathering import gather
from monitor.signals.tail import A_TICK, GROUPS, KEPT, ROOMS, Said, Tail

AT = 1_795_370_000.0


def comments(*texts: str, **fields: object) -> list[Comment]:
    return [Comment(room="a", at=AT, user="u", text=text, **fields) for text in texts]  # type: ignore[arg-type]


def note(tail: Tail, events: list[Comment], row: int = 0, mood: bool = False) -> None:
    reading = Mood().read([event.text for event in events]) if mood else None
    [(_, group)] = gather(list(events), {"a": row}, AT).kinds
    tail.note(group, reading)


def test_a_comment_is_kept_with_what_mood_made_of_it():
    """
    A complaint has a topic, a question is one, praise is neither.
    """
    tail = Tail()
    note(tail, comments("质量太差了", "多少钱?", "好看"), mood=True)
    tail.fold()

    assert [
        Said(1, AT, "u", "质量太差了", negative=True, topic="quality"),
        Said(2, AT, "u", "多少钱?", question=True),
        Said(3, AT, "u", "好看"),
    ] == list(tail.of(0))


def test_rooms_have_tails_of_their_own_and_staff_are_marked():
    """
    In the order in which they reached us.
    """
    tail = Tail()
    note(tail, comments("一"), row=0)
    note(tail, comments("二", is_host=True), row=1)
    note(tail, comments("三"), row=0)
    tail.fold()

    assert ["一", "三"] == [said.text for said in tail.of(0)]
    assert [True] == [said.staff for said in tail.of(1)]


def test_the_newest_are_kept_and_the_others_counted():
    """
    In a tick, in a room, and over all.
    """
    tail = Tail()
    note(tail, comments(*[str(n) for n in range(A_TICK)]))
    note(tail, comments(*[f"new {n}" for n in range(A_TICK - 1)]))
    tail.fold()

    assert A_TICK - 1 == tail.skipped
    assert A_TICK == len(tail.of(0))
    assert f"new {A_TICK - 2}" == tail.of(0)[-1].text

    for _ in range(GROUPS + 3):
        note(tail, comments("x"))
    assert A_TICK + 2 == tail.skipped

    note(tail, comments("too far"), row=ROOMS)
    tail.fold()
    assert [] == list(tail.of(ROOMS))


def test_of_a_room_that_somebody_looks_at_nothing_is_skipped():
    """
    Looked at once, all of it is kept for two minutes of ticks, up to what a room keeps.
    """
    tail = Tail()
    tail.of(0)
    note(tail, comments(*[str(n) for n in range(KEPT)]), row=0)
    note(tail, comments(*[str(n) for n in range(KEPT)]), row=1)
    tail.fold()

    assert KEPT == len(tail.of(0))
    assert A_TICK == len(tail.of(1))
    assert KEPT - A_TICK == tail.skipped


def test_a_new_session_begins_with_nothing():
    """
    What was said is forgotten.
    """
    tail = Tail()
    note(tail, comments("一"))
    tail.fold()
    tail.forget(0)

    assert [] == list(tail.of(0))
