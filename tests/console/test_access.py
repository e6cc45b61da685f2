"""Who may see and do what, decided without a server."""

from __future__ import annotations

import pytest

from monitor.console.access import (
    Access,
    Caller,
    Refusal,
    Ticket,
    Visit,
)
from monitor.console.person import KEEP_S, Person
from monitor.console.scope import Scope
from tests.console.acted import PEOPLE, TOKENS

NOW = 1_795_370_000.0
OURS = "http://127.0.0.1:8080"
HERE = Visit(address="10.0.0.1", host="127.0.0.1:8080", origin=OURS)


def access() -> Access:
    return Access(PEOPLE, origins=[OURS])


def logged_in(it: Access, role: str = "operator") -> Ticket:
    ticket = it.login(TOKENS[role], HERE, NOW)
    assert isinstance(ticket, Ticket)
    return ticket


def with_cookie(ticket: Ticket, **fields: str | None) -> Visit:
    given = {"address": "10.0.0.1", "cookie": ticket.sid, "origin": OURS, "csrf": ticket.csrf}
    return Visit(**(given | fields))  # type: ignore[arg-type]


def test_a_token_becomes_a_session_that_says_who_it_is():
    """
    Tokens may be of any script.
    """
    it = access()
    ticket = logged_in(it)
    caller = it.who(with_cookie(ticket), NOW)

    assert ticket.caller == caller
    assert isinstance(caller, Caller)
    assert ("李敏", "operator", "cookie") == (caller.name, caller.role, caller.via)


def test_no_cookie_and_an_unknown_one_are_nobody():
    """
    Both are 401; neither counts as a guess at a token.
    """
    it = access()
    for _ in range(50):
        assert Refusal(401, "no session") == it.who(Visit(address="x"), NOW)
        assert Refusal(401, "no such session") == it.who(Visit(address="x", cookie="guess"), NOW)

    assert isinstance(it.login(TOKENS["viewer"], HERE, NOW), Ticket)


def test_neither_tokens_nor_sessions_are_kept():
    """
    Only their hashes are: a dump of the process' objects lets nobody in.
    """
    it = access()
    ticket = logged_in(it)
    kept = repr(vars(it)) + repr(PEOPLE) + repr(ticket)

    assert ticket.sid not in kept
    assert not [token for token in TOKENS.values() if token in kept]


def test_a_session_ends_when_nobody_used_it_for_its_time():
    """
    Each use begins the twelve hours of an operator anew; a display has thirty days.
    """
    it = access()
    ticket = logged_in(it)
    almost = KEEP_S["operator"] - 1

    assert isinstance(it.who(with_cookie(ticket), NOW + almost), Caller)
    assert it.still(ticket.caller, NOW + 2 * almost)
    assert isinstance(it.who(with_cookie(ticket), NOW + 4 * almost), Refusal)
    assert not it.still(ticket.caller, NOW + 4 * almost)


def test_logging_out_ends_the_session():
    """
    Also for what is connected with it.
    """
    it = access()
    ticket = logged_in(it)
    it.logout(ticket.caller)

    assert not it.still(ticket.caller, NOW)
    assert isinstance(it.who(with_cookie(ticket), NOW), Refusal)


def test_too_many_wrong_tokens_close_the_door_for_a_minute():
    """
    Five failures in a minute: from then on even the right token is 429 from that address, until
    the first of them is a minute old. Other addresses and open sessions go on.
    """
    it = access()
    ticket = logged_in(it)
    told = [it.login(f"guess {n}", HERE, NOW + n) for n in range(7)]

    assert [401] * 5 + [429] * 2 == [
        answer.status for answer in told if isinstance(answer, Refusal)
    ]
    assert Refusal(429, "too many wrong tokens") == it.login(TOKENS["admin"], HERE, NOW + 59)
    assert isinstance(it.who(with_cookie(ticket), NOW + 59), Caller)
    other = Visit(address="10.0.0.2", origin=OURS)
    assert isinstance(it.login(TOKENS["admin"], other, NOW + 59), Ticket)
    assert isinstance(it.login(TOKENS["admin"], HERE, NOW + 61), Ticket)


def test_guessing_with_bearer_counts_too():
    """
    There is one door with two handles.
    """
    it = access()
    told = [it.who(Visit(address="x", bearer="guess"), NOW) for _ in range(6)]

    assert Refusal(429, "too many wrong tokens") == told[-1]


def test_bearer_needs_neither_origin_nor_csrf():
    """
    No browser adds it by itself, so no page of another site can make it do so.
    """
    it = access()
    visit = Visit(address="x", bearer=TOKENS["operator"])
    caller = it.who(visit, NOW)

    assert isinstance(caller, Caller)
    assert it.why_not_change(caller, visit, "operator") is None
    assert it.why_not_connect(caller, visit) is None


def test_bytes_that_are_no_text_are_a_wrong_token():
    """
    A header may hold any byte; aiohttp gives it as a lone surrogate.
    """
    assert Refusal(401, "wrong token") == access().who(Visit(address="x", bearer="\udcff"), NOW)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"csrf": None}, "X-CSRF is missing or not this session's"),
        ({"csrf": "0" * 64}, "X-CSRF is missing or not this session's"),
        ({"origin": None}, "no Origin"),
        ({"origin": "http://evil.example"}, "this Origin is not one of ours"),
        ({"origin": "http://127.0.0.1:8080.evil.example"}, "this Origin is not one of ours"),
        ({"origin": "null"}, "this Origin is not one of ours"),
        ({"fetch_site": "cross-site"}, "a page of another site asked"),
    ],
)
def test_a_cookie_alone_changes_nothing(changed: dict[str, str | None], reason: str):
    """
    The Origin must be ours exactly and the CSRF header the session's.
    """
    it = access()
    ticket = logged_in(it)
    refusal = it.why_not_change(ticket.caller, with_cookie(ticket, **changed), "operator")

    assert Refusal(403, reason) == refusal
    assert it.why_not_change(ticket.caller, with_cookie(ticket), "operator") is None


def test_the_csrf_of_one_session_is_wrong_in_another():
    """
    It follows from the session's own secret.
    """
    it = access()
    mine, theirs = logged_in(it), logged_in(it)
    visit = with_cookie(mine, csrf=theirs.csrf)

    assert isinstance(it.why_not_change(mine.caller, visit, "operator"), Refusal)


def test_a_viewer_may_not_change_anything():
    """
    A role may do what those below it may.
    """
    it = access()
    viewer, admin = logged_in(it, "viewer"), logged_in(it, "admin")

    assert Refusal(403, "needs the role operator") == it.why_not_change(
        viewer.caller, with_cookie(viewer), "operator"
    )
    assert it.why_not_change(admin.caller, with_cookie(admin), "operator") is None


def test_logging_in_from_a_page_of_another_site_is_refused():
    """
    Or somebody could be logged in as somebody else without knowing.
    """
    foreign = Visit(address="x", origin="http://evil.example")

    assert Refusal(403, "this Origin is not one of ours") == access().login(
        TOKENS["viewer"], foreign, NOW
    )
    assert Refusal(403, "no Origin") == access().login(TOKENS["viewer"], Visit(address="x"), NOW)


def test_open_mode_lets_in_whoever_sits_there_and_no_other_name():
    """
    A page of another name that resolves to this address has another Host and another Origin.
    """
    it = Access(open_mode=True, origins=[OURS])
    caller = it.who(Visit(address="127.0.0.1", host="127.0.0.1:8080"), NOW)
    assert isinstance(caller, Caller)
    rebound = Visit(
        address="127.0.0.1", host="evil.example:8080", origin="http://evil.example:8080"
    )

    assert "open" == caller.via
    assert Refusal(403, "this Host is not one of ours") == it.who(rebound, NOW)
    assert isinstance(it.why_not_change(caller, rebound, "operator"), Refusal)
    assert isinstance(it.why_not_connect(caller, Visit(address="127.0.0.1")), Refusal)
    assert it.why_not_change(caller, Visit(address="127.0.0.1"), "operator") is None


def test_new_people_end_the_sessions_of_those_who_are_gone():
    """
    A name that was given another role is gone too.
    """
    it = access()
    limin, wall = logged_in(it), logged_in(it, "viewer")
    it.replace([PEOPLE[0], Person("李敏", "viewer", "another-token-of-hers")], [OURS])

    assert not it.still(limin.caller, NOW)
    assert it.still(wall.caller, NOW)


def test_a_token_opens_nothing_from_elsewhere_or_after_its_day():
    """
    Neither the token nor a session that it began; being elsewhere is no guess.
    """
    hall = Person("hall", "viewer", "of-the-hall", networks=("10.0.0.0/8",), expires_at=NOW + 60)
    it = Access([hall], origins=[OURS])
    ticket = it.display("of-the-hall", HERE, NOW)
    assert isinstance(ticket, Ticket)
    elsewhere = Visit(address="192.0.2.7", cookie=ticket.sid)

    assert 60.0 == ticket.keep_s
    for _ in range(9):
        refused = it.display("of-the-hall", Visit(address="192.0.2.7"), NOW)
        assert Refusal(403, "not from this network") == refused
    assert Refusal(403, "not from this network") == it.who(elsewhere, NOW)
    assert Refusal(403, "not from this network") == it.who(
        Visit("no address", bearer="of-the-hall"), NOW
    )
    assert it.still(ticket.caller, NOW + 59)
    assert not it.still(ticket.caller, NOW + 60)
    assert Refusal(401, "this token is over") == it.who(with_cookie(ticket), NOW + 60)
    assert Refusal(401, "this token is over") == it.display("of-the-hall", HERE, NOW + 60)


def test_a_session_goes_with_the_token_that_began_it():
    """
    Whoever changes a token that leaked ends what was opened with it, sockets too.
    """
    it = access()
    limin, root = logged_in(it), logged_in(it, "admin")
    bearer = it.who(Visit(address="x", bearer=TOKENS["operator"]), NOW)
    assert isinstance(bearer, Caller)
    it.replace([Person("李敏", "operator", "a-new-token-of-hers"), PEOPLE[2]], [OURS])

    assert Refusal(401, "no such session") == it.who(with_cookie(limin), NOW)
    assert not it.still(bearer, NOW)
    assert it.still(root.caller, NOW)


def test_sessions_go_on_after_a_restart():
    """
    Of those who still have their token; a display in a hall has nobody to log it in again.
    """
    before, wall = access(), Visit(address="10.0.0.1")
    limin = logged_in(before)
    ticket = before.display(TOKENS["viewer"], wall, NOW)
    assert isinstance(ticket, Ticket)
    after = Access([PEOPLE[0], Person("李敏", "operator", "a-new-token-of-hers")], origins=[OURS])
    after.take_up(before.saved(), NOW + 60)

    found = after.who(with_cookie(ticket), NOW + 60)
    assert isinstance(found, Caller)
    assert ("wall-1", ticket.csrf) == (found.name, found.csrf)
    assert Refusal(401, "no such session") == after.who(with_cookie(limin), NOW + 60)
    for secret in (ticket.sid, ticket.csrf, *TOKENS.values()):
        assert secret.encode() not in before.saved()


def test_what_somebody_may_see_comes_with_the_token():
    """
    A viewer sees no names of people, whatever the config says; another scope since lets one go.
    """
    scope = Scope(rooms=("a*",), gmv=False)
    it = Access([Person("hall", "viewer", "of-the-hall", scope)], origins=[OURS])
    ticket = it.display("of-the-hall", HERE, NOW)
    assert isinstance(ticket, Ticket)

    assert Scope(rooms=("a*",), gmv=False, nick=False) == ticket.caller.scope
    assert it.still(ticket.caller, NOW)
    it.replace([Person("hall", "viewer", "of-the-hall")], [OURS])
    assert not it.still(ticket.caller, NOW)
    again = it.who(with_cookie(ticket), NOW)
    assert isinstance(again, Caller)
    assert Scope(nick=False) == again.scope


def test_an_admin_sees_who_is_logged_in_and_ends_a_session():
    """
    By a name that opens nothing; a second time there is nothing to end.
    """
    it = access()
    limin, root = logged_in(it), logged_in(it, "admin")
    views = it.sessions(root.caller, NOW)

    assert {"李敏": False, "root": True} == {view.name: view.mine for view in views}
    [hers] = [view for view in views if view.name == "李敏"]
    assert "10.0.0.1" == hers.address
    assert "李敏" == it.revoke(hers.id)
    assert it.revoke(hers.id) is None
    assert Refusal(401, "no such session") == it.who(with_cookie(limin), NOW)
    assert isinstance(it.who(with_cookie(root), NOW), Caller)


def test_a_console_without_tokens_must_be_open_on_purpose():
    """
    Forgetting the tokens must not open it.
    """
    with pytest.raises(AssertionError, match="loopback demo only"):
        Access([])
