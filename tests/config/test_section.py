"""What every table of config/*.toml has in common."""

import pytest

from monitor.config.section import check_timezone, repeated, repeated_names, unbuildable
from monitor.errors import ConfigError


def test_a_repeated_name_is_told_with_its_first() -> None:
    """The third `a` is a repetition of the first, like the second."""

    assert {2: 0, 4: 0, 5: 3} == repeated(["a", "b", "a", "c", "a", "c"])
    assert {} == repeated(["a", "b"])


@pytest.mark.parametrize("name", ["Asia/Shanghai", "UTC", "Europe/Berlin", ""])
def test_a_timezone_is_one_that_is_known(name: str) -> None:
    """None at all is that of the daemon."""
    check_timezone("timezone", name)


@pytest.mark.parametrize("name", ["Asia/Shangai", "../etc/passwd", "Asia", "中国"])
def test_anything_else_is_no_timezone(name: str) -> None:
    """With an example of one."""
    with pytest.raises(ValueError, match=r"^`timezone` is `.*`, which is no timezone — write"):
        check_timezone("timezone", name)


def test_a_leaf_that_can_not_be_built_is_told_with_its_place() -> None:
    """Each of its mistakes, at the leaf."""

    def build(each: str) -> None:
        if each == "bad":
            raise ConfigError("no url", "no name")

    assert [(("leaves", 1), "no url"), (("leaves", 1), "no name")] == list(
        unbuildable("leaves", ["good", "bad"], build)
    )
    assert [(("rooms", 1, "room"), "`a` is there twice — use another room")] == list(
        repeated_names("rooms", "room", ["a", "a"])
    )
