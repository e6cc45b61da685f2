"""
A command, and what its translation may look at.
"""

import msgspec
import pytest

from monitor.formats.bilibili_command import Command, Context

NOW = 1_795_370_000.0


def command(text: bytes) -> Command:
    return msgspec.json.decode(text, type=Command)


@pytest.mark.parametrize(
    ("silent", "text"),
    [
        (True, b'{"cmd":"X","data":null}'),
        (True, b'{"cmd":"X"}'),
        (False, b'{"cmd":"X","data":{}}'),
        (False, b'{"cmd":"X","info":[]}'),
    ],
)
def test_a_command_is_silent_if_only_its_arrival_was_kept(silent: bool, text: bytes) -> None:
    """
    Neither data nor info.
    """
    assert silent is command(text).silent


def test_what_all_facts_of_a_command_have_in_common() -> None:
    """
    The platform's time where it says one, else the receipt.
    """
    context = Context(command(b'{"cmd":"X"}'), "r", NOW, {})

    assert {"room": "r", "at": NOW, "at_from": "received", "platform": "bilibili"} == (
        context.common()
    )
    assert (NOW - 1, "platform") == tuple(context.common(NOW - 1)[key] for key in ("at", "at_from"))


def test_data_is_read_as_what_is_asked_for() -> None:
    """
    Or refused, like everything typed.
    """
    context = Context(command(b'{"cmd":"X","data":{"a":1}}'), "r", NOW, {})

    assert {"a": 1} == context.data(dict[str, int])
    with pytest.raises(msgspec.ValidationError):
        context.data(list[int])
