"""The same id of the same source twice is the same fact."""

from __future__ import annotations

import zlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.identity import EVERY_S, Identities, Identity


def keys(*names: str | None):
    """Of ids; of none it is 0."""
    return np.array([zlib.crc32(name.encode()) | 1 if name else 0 for name in names], np.int64)


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", None]), max_size=6), max_size=6))
def test_an_id_is_new_once_and_what_has_none_always(batches):
    identity = Identity()
    seen: set[str] = set()

    for ids in batches:
        expected = []
        for name in ids:
            expected.append(name not in seen)
            if name is not None:
                seen.add(name)

        assert expected == identity.fresh(keys(*ids)).tolist()


def test_the_last_ids_are_remembered_whatever_arrives_and_older_ones_let_go():
    """
    Two generations of 4: of a … h at least e … h are known; a, four generations ago, is new.
    """
    identity = Identity(size=4)
    for name in "abcdefgh":
        identity.fresh(keys(name))

    assert not identity.fresh(keys(*"efgh")).any()
    for name in "ijklmnop":
        identity.fresh(keys(name))
    assert identity.fresh(keys("a")).all()


def test_of_a_source_that_is_heard_of_no_more_nothing_is_kept():
    """CloudEvents may name a source for each room: they come and go as rooms do."""
    sources = Identities()
    for at, source in ((0.0, "gone"), (0.0, "stays"), (50.0, "stays")):
        sources.of(source, at).fresh(keys("a"))

    sources.forget(10.0)
    assert 1 == len(sources)
    assert [False] == sources.of("stays", 60.0).fresh(keys("a")).tolist()
    assert [True] == sources.of("gone", 60.0).fresh(keys("a")).tolist()

    sources.forget(61.0)  # a minute is not over
    assert 2 == len(sources)
    sources.forget(10.0 + EVERY_S)
    assert 0 == len(sources)
