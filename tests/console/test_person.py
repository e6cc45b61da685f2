"""People with tokens."""

from __future__ import annotations

import pytest

from monitor.console.person import KEEP_S, RANK, Person


@pytest.mark.parametrize(
    ("address", "there"),
    [("10.1.2.3", True), ("::1", True), ("192.0.2.7", False), ("", False), ("no address", False)],
)
def test_a_token_may_be_of_use_in_some_networks_only(address: str, there: bool):
    """
    Without any it is of use everywhere, also where nobody knows the address.
    """
    hall = Person("hall", "viewer", "secret", networks=("10.0.0.0/8", "::1"))

    assert there is hall.from_there(address)
    assert Person("li", "admin", "secret").from_there(address)


def test_a_person_does_not_show_the_token():
    """
    And each role has a rank, and a time its sessions last.
    """
    assert "secret" not in repr(Person("li", "admin", "secret"))
    assert set(RANK) == set(KEEP_S)
