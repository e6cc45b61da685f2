"""Keeps tokens and keys out of logs, errors and reprs, and fetches them from where they lie.

A leaf's settings name a secret in one of four ways (here for `token`):

    token             the text itself; for tests and loopback only
    token_file        a file that holds it and nothing else
    token_env         an environment variable
    token_credential  a credential of the unit (LoadCredential= in systemd)

`resolve` turns them into a Secret, or into None where none is given.
"""

from __future__ import annotations

import hmac
import os
from pathlib import Path

from monitor.errors import ConfigError

SHORTEST_KNOWN = 6  # shorter texts are too ordinary to be struck out of logs
LARGEST = 64 * 1024  # bytes of a file that is still read as a secret

_known: set[str] = set()


class Secret:
    """A text that nobody sees by accident: only `reveal()` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text
        if len(text) >= SHORTEST_KNOWN:
            _known.add(text)

    def reveal(self) -> str:
        return self._text

    def matches(self, given: str | bytes) -> bool:
        """Compare in constant time, on bytes: text that is not ASCII would raise."""
        if isinstance(given, str):
            given = given.encode("utf-8", "surrogatepass")
        return hmac.compare_digest(self._text.encode(), given)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


def known() -> frozenset[str]:
    """Every secret made so far, for the log's redaction."""
    return frozenset(_known)


def resolve(
    what: str, *, plain: str = "", file: str = "", env: str = "", credential: str = ""
) -> Secret | None:
    """Fetch a secret; `what` is the field's name for messages (`token`, `slack_ops.token`).

    Returns None where nothing is given. Raises ConfigError when it is given twice,
    can not be read or is empty. The message names the place, never the text.
    """
    given = [
        name
        for name, value in (
            (what, plain),
            (f"{what}_file", file),
            (f"{what}_env", env),
            (f"{what}_credential", credential),
        )
        if value
    ]
    if not given:
        return None
    if len(given) > 1:
        raise ConfigError(f"{' and '.join(given)} name the same secret — keep one of them")
    if plain:
        return Secret(plain)
    if env:
        return _named(f"{what}_env", env, os.environ.get(env), f"set the variable {env}")
    if file:
        return _named(f"{what}_file", file, _read(f"{what}_file", Path(file)), "write it there")
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ConfigError(
            f"{what}_credential: `{credential}` is not there: not started by systemd"
            f" — add LoadCredential={credential}:/path to the unit, or use {what}_file"
        )
    if Path(credential).name != credential:
        raise ConfigError(
            f"{what}_credential: `{credential}` is no credential's name — write it without a path"
        )
    text = _read(f"{what}_credential", Path(folder) / credential)
    return _named(f"{what}_credential", credential, text, "write it there")


def _named(field: str, place: str, text: str | None, remedy: str) -> Secret:
    text = (text or "").strip()
    if not text:
        raise ConfigError(f"{field}: nothing in `{place}` — {remedy}")
    return Secret(text)


def _read(field: str, path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(
            f"{field}: `{path.name}` can not be read ({error.strerror}) — check path and owner"
        ) from None
    if len(data) > LARGEST:
        raise ConfigError(f"{field}: `{path.name}` is too large — a secret is one line")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ConfigError(f"{field}: `{path.name}` is not UTF-8 — write it as text") from None
