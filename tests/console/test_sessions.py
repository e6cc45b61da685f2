"""The table of sessions: bounded, sliding, and named without telling a secret."""

from __future__ import annotations

from monitor.console.sessions import SESSIONS, Session, Sessions

NOW = 1_795_370_000.0


def session(person: str = "李敏", now: float = NOW, keep_s: float = 60.0) -> Session:
    return Session(person, "operator", b"mark", "10.0.0.1", now, now, keep_s)


def test_a_use_puts_the_end_off_and_tells_from_where():
    """
    |──── 60 s ────|
           used ──── 60 s ────|
    """
    it = Sessions()
    it.begin(b"k", session())

    assert it.use(b"k", NOW + 50, "10.0.0.2") is not None
    assert it.use(b"k", NOW + 100) is not None
    [view] = it.shown(NOW + 100, None)
    assert ("10.0.0.2", NOW + 100, NOW + 160) == (view.address, view.seen_at, view.ends_at)
    assert it.use(b"k", NOW + 160) is None
    assert [] == it.shown(NOW + 160, None)


def test_the_one_that_ends_first_makes_room():
    """
    And those that are over make room before it.
    """
    it = Sessions()
    it.begin(b"first", session(keep_s=1.0))
    for number in range(SESSIONS - 1):
        it.begin(str(number).encode(), session())
    it.begin(b"new", session())

    assert it.use(b"first", NOW) is None
    it.begin(b"later", session(now=NOW + 61))
    assert 1 == len(it)


def test_the_name_of_a_session_is_not_its_key():
    """
    It ends that one and no other.
    """
    it = Sessions()
    it.begin(b"\x01" * 32, session())
    it.begin(b"\x02" * 32, session("root", now=NOW + 1))
    latest, earlier = it.shown(NOW + 1, b"\x01" * 32)

    assert ("root", "李敏", True) == (latest.name, earlier.name, earlier.mine)
    assert earlier.id not in (b"\x01" * 32).hex()
    ended = it.end_named(earlier.id)
    assert ended is not None
    assert "李敏" == ended.person
    assert it.end_named(earlier.id) is None
    assert ["root"] == [view.name for view in it.shown(NOW + 1, None)]


def test_only_those_that_are_wanted_stay():
    it = Sessions()
    it.begin(b"a", session())
    it.begin(b"b", session("root"))
    it.keep(lambda each: each.person == "root")
    it.end(b"nobody")

    assert 1 == len(it)


def test_what_is_saved_goes_on_after_a_restart():
    """
    What is over meanwhile does not; nor does what is no list of sessions.
    """
    it, anew = Sessions(), Sessions()
    it.begin(b"\x01" * 32, session())
    it.begin(b"\x02" * 32, session("root", keep_s=600.0))
    anew.take_up(it.saved(), NOW + 60)
    anew.take_up(b"no json", NOW + 60)
    anew.take_up(b'[["no hex", 5]]', NOW + 60)

    [view] = anew.shown(NOW + 60, None)
    assert ("root", NOW, NOW + 600) == (view.name, view.begun_at, view.ends_at)
    assert anew.use(b"\x02" * 32, NOW + 61) is not None
