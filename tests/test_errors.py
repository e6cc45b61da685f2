"""Every error this project raises on purpose."""

from __future__ import annotations

import inspect
import re

import pytest

from monitor import errors
from monitor.errors import ConfigError, DeliveryError, FrameError, InputError


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """Each error stands there under its parent."""
    stack: list[str] = []
    drawn = {}
    for line in (errors.__doc__ or "").split("\n")[2:]:
        found = re.match(r"([│├└─ ]*)(\w+Error)", line)
        if found:
            depth = len(found[1]) // 4
            stack[depth:] = [found[2]]
            drawn[found[2]] = stack[depth - 1] if depth else "Exception"

    assert drawn == {
        name: kind.__bases__[0].__name__
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if kind.__module__ == errors.__name__
    }


def test_an_input_error_tells_a_line_a_mistake() -> None:
    """And names at least one."""
    error = ConfigError("a.toml:1: x — y", "a.toml:2: x — y")

    assert "a.toml:1: x — y\na.toml:2: x — y" == str(error)
    assert ("a.toml:1: x — y", "a.toml:2: x — y") == error.mistakes
    with pytest.raises(AssertionError):
        InputError()


def test_a_frame_error_is_counted_by_its_reason() -> None:
    """The detail is for the log alone."""
    error = FrameError("bad json", "line 3")

    assert ("bad json", "bad json: line 3") == (error.reason, str(error))
    assert "bad json" == str(FrameError("bad json"))


def test_a_delivery_error_says_whether_trying_again_helps() -> None:
    """And when, if the receiver said so."""
    error = DeliveryError("too many requests", retry=True, retry_after_s=3.0)

    assert ("too many requests", True, 3.0) == (error.reason, error.retry, error.retry_after_s)
