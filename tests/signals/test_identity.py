"""The same id of the same source twice is the same fact."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.identity import EVERY_S, Identities, Identity
from tests.stage import fact


def named(*ids: str | None):
    return [fact("like", 0, id=name) for name in ids]


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", None]), max_size=6), max_size=6))
def test_an_id_is_new_once_and_what_has_none_always(batches):
    identity = Identity()
    seen: set[str] = set()

    for ids in batches:
        expected = []
        for name in ids:
            if name not in seen:
                expected.append(name)
            if name is not None:
                seen.add(name)

        assert expected == [event.id for event in identity.unseen(named(*ids))]


def test_a_batch_of_new_facts_is_given_back_as_it_is():
    events = named("a", "b")

    assert events is Identity().unseen(events)


def test_the_last_ids_are_remembered_whatever_arrives_and_older_ones_let_go():
    """
    Two generations of 4: of a … h at least e … h are known; a, four generations ago, is new.
    """
    identity = Identity(size=4)
    for name in "abcdefgh":
        identity.unseen(named(name))

    assert [] == list(identity.unseen(named(*"efgh")))
    for name in "ijklmnop":
        identity.unseen(named(name))
    assert 1 == len(identity.unseen(named("a")))


def test_of_a_source_that_is_heard_of_no_more_nothing_is_kept():
    """CloudEvents may name a source for each room: they come and go as rooms do."""
    sources = Identities()
    for at, source in ((0.0, "gone"), (0.0, "stays"), (50.0, "stays")):
        sources.of(source, at).unseen(named("a"))

    sources.forget(10.0)
    assert 1 == len(sources)
    assert [] == sources.of("stays", 60.0).unseen(named("a"))
    assert 1 == len(sources.of("gone", 60.0).unseen(named("a")))

    sources.forget(61.0)  # a minute is not over
    assert 2 == len(sources)
    sources.forget(10.0 + EVERY_S)
    assert 0 == len(sources)
