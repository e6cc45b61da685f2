"""Numbers for names, against a dict."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.hashes import Numbers, Seen, hashes, within

names = st.lists(st.integers(0, 300).map(str), max_size=60)


@given(st.lists(names, max_size=8))
def test_a_name_keeps_the_number_it_got_first(batches):
    """
    With 16 slots at first, names collide and the table doubles again and again.
    """
    numbers = Numbers(slots=16)
    known: dict[str, int] = {}

    for batch in batches:
        expected_new = []
        for name in batch:
            expected_new.append(name not in known)
            known.setdefault(name, len(known) + 1)
        got, new = numbers.number(hashes(batch))

        assert expected_new == new.tolist()
        assert len(known) == len(numbers)
        assert len({*zip(batch, got.tolist(), strict=True)}) == len(set(batch))
        assert got.tolist() == numbers.find(hashes(batch)).tolist()


def test_each_number_is_given_once():
    numbers = Numbers(slots=16)
    got = np.concatenate(
        [
            numbers.number(hashes([f"{batch}-{name}" for name in range(100)]))[0]
            for batch in range(9)
        ]
    )

    assert list(range(1, 901)) == sorted(got.tolist())


def test_who_has_no_number_is_0():
    numbers = Numbers()
    numbers.number(hashes(["a"]))

    assert [0, 1] == numbers.find(hashes(["b", "a"])).tolist()


def test_keys_may_want_the_same_slot():
    """
    Four keys whose lowest bits are equal, two of them twice, in one batch.
    """
    numbers = Numbers(slots=16)
    keys = np.array([1, 65, 1, 129, 65, 193], np.int64)
    got, new = numbers.number(keys)

    assert [True, True, False, True, False, True] == new.tolist()
    assert [1, 2, 3, 4] == sorted(set(got.tolist()))
    assert got[0] == got[2]
    assert got[1] == got[4]


def test_the_same_name_in_two_rooms_has_two_keys():
    keys = within(hashes(["a", "a"]), np.array([0, 1]))

    assert keys[0] != keys[1]
    assert 0 not in keys


def test_all_keys_are_told_with_their_numbers():
    numbers = Numbers()
    got, _ = numbers.number(hashes(["a", "b"]))
    keys, told = numbers.items()

    assert sorted(zip(hashes(["a", "b"]).tolist(), got.tolist(), strict=True)) == sorted(
        zip(keys.tolist(), told.tolist(), strict=True)
    )


@given(st.lists(st.lists(st.integers(0, 60), max_size=40), max_size=12))
def test_a_key_is_met_for_the_first_time_once(batches: list[list[int]]) -> None:
    """
    Against a set, with keys that want the same few slots, over growing tables.
    """
    seen, known = Seen(slots=8), set[int]()
    for batch in batches:
        keys = np.array(batch, np.int64) * 16 + 1
        before = [key in known for key in batch]
        first = [key not in known and key not in batch[:at] for at, key in enumerate(batch)]
        known |= set(batch)

        assert before == seen.has(keys).tolist()
        assert first == seen.meet(keys).tolist()
        assert len(known) == len(seen)


def test_names_that_are_much_alike_have_keys_of_their_own_and_are_spread_evenly():
    """Numbers of all lengths, with and without what stands before and behind them."""
    numbers = [*range(3_000), *range(99_000, 102_000), *(7 * 10**length for length in range(18))]
    made = {
        f"{before}{number}{behind}"
        for before in ("", "f", "u1", "dy-8801-", "7412000000", "用户", "x" * 30)
        for behind in ("", "-1", "号")
        for number in numbers
    }
    keys = hashes(sorted(made))
    places = np.bincount((keys >> 1) & 1023, minlength=1024)

    assert len(made) == len(np.unique(keys))
    assert 0 < places.min() <= places.max() < 2 * len(made) / 1024
