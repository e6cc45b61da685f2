"""What a screen and the feed say to each other."""

from __future__ import annotations

import pytest

from monitor.console.access import Caller
from monitor.console.messages import Resync, Subscribe, hello, read


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type":"sub","view":"wall"}', Subscribe(view="wall")),
        ('{"type":"sub","view":"room","room":"a"}', Subscribe(view="room", room="a")),
        ('{"type":"resync"}', Resync()),
        ('{"type":"sub","view":"cellar"}', None),
        ('{"type":"sub","view":"wall","more":1}', None),
        ("words", None),
        ("", None),
    ],
)
def test_what_is_no_message_is_nothing(text: str, message: object):
    """
    One field too many is no message either.
    """
    assert message == read(text)


def test_hello_says_who_is_there_and_what_the_server_is_held_to():
    """
    Without a session there is no CSRF mark.
    """
    caller = Caller(name="李敏", role="operator", via="open")
    told = hello(caller, now=5.0, seq=3, asset_version="v", timezone="Asia/Shanghai", screens=7)

    assert ("李敏", "operator", True, 5.0, 3) == tuple(
        told[name] for name in ("name", "role", "open", "server_time", "seq")
    )
    assert {"screens": 7, "message_bytes": 4096, "messages_per_s": 10.0} == told["limits"]
