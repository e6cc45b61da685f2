"""What every answer carries."""

from __future__ import annotations

import pytest
from aiohttp import web

from monitor.console.answers import FOR_EVER, HEADERS, NO_STORE, as_json, redirect


def test_no_script_and_no_style_but_our_files():
    """
    Nothing inline, nothing evaluated, nothing from elsewhere; and text can not become markup.
    """
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))

    assert "'none'" == policy["default-src"]
    assert {"'self'"} == {policy["script-src"], policy["style-src"], policy["connect-src"]}
    assert {"'none'"} == {policy["base-uri"], policy["form-action"], policy["frame-ancestors"]}
    assert ("'script'", "'none'") == (policy["require-trusted-types-for"], policy["trusted-types"])


@pytest.mark.parametrize("answer", [as_json({"a": float("nan")}), as_json([], 429), redirect("/")])
def test_answers_are_strict_and_not_kept(answer: web.Response):
    """
    Refusals and redirects too.
    """
    assert NO_STORE.items() <= dict(answer.headers).items()


def test_what_is_no_number_is_null():
    """
    JSON has no NaN.
    """
    assert b'{"a":null}' == as_json({"a": float("nan")}).body


def test_files_are_kept_for_ever_under_the_same_headers():
    """
    Their address changes with what they hold.
    """
    assert HEADERS.items() <= FOR_EVER.items()
    assert "immutable" in FOR_EVER["Cache-Control"]
