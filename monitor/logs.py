"""Log lines: structlog and the standard library's logging, one way out.

    event ─ fields ─ exception as text ─ redaction ─ JSON or colour ─ queue ─ thread ─ descriptor

A reader that stalls (journald, a pipe) stalls the thread and never the loop: the
queue has a bound, what does not fit is dropped, counted, and told of in the log as
soon as it moves again. Nothing is rendered before redaction has seen it.
"""

from __future__ import annotations

import collections
import logging
import os
import re
import sys
import threading
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor

from monitor import secrets

Form = Literal["auto", "json", "console"]

CAPACITY = 10_000  # lines that wait for a stalled reader: some 5 MB
LONGEST = 16 * 1024  # characters of one line
QUIET = ("httpx", "httpcore", "aiohttp.access", "apscheduler", "slack_sdk", "websockets")

_STRUCK = "[redacted]"
_SECRET_KEYS = re.compile(
    r"(?i)(?:^|[_-])(?:token|secret|password|passwd|authorization|cookie|credentials?"
    r"|api_?key|access_?key|private_?key|webhook_?url)s?$"
)
_SECRET_FORMS = re.compile(r"(?i)(?<=bearer )[^\s\"',;]+|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Redaction:
    """Strikes secrets out of everything that is logged, by key and by what is known secret."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None

    def __call__(self, _logger: Any, _method: str, fields: EventDict) -> EventDict:
        known = secrets.known()
        if known != self._known:
            self._known = known
            longest_first = sorted(known, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(_also_in_urls, longest_first)))
        return {self._text(key): self._field(key, value) for key, value in fields.items()}

    def _field(self, key: str, value: Any, depth: int = 0) -> Any:
        if _SECRET_KEYS.search(key) and not isinstance(value, bool | int | float | None):
            return _STRUCK
        if isinstance(value, bool | int | float | None):
            return value
        if isinstance(value, Mapping) and depth < 5:
            return {
                self._text(str(name)): self._field(str(name), part, depth + 1)
                for name, part in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset) and depth < 5:
            return [self._field("", part, depth + 1) for part in value]
        return self._text(value if isinstance(value, str) else repr(value))

    def _text(self, text: str) -> str:
        text = _SECRET_FORMS.sub(_STRUCK, text[: 8 * LONGEST])
        if self._pattern is not None:
            text = self._pattern.sub(_STRUCK, text)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _also_in_urls(text: str) -> str:
    """A pattern for a secret whose characters may each be percent-encoded or not."""
    return "".join(
        char
        if char.isascii() and char.isalnum()
        else f"(?:{re.escape(char)}|(?i:{re.escape(quote(char, safe=''))}))"
        for char in text
    )


def _visible(_logger: Any, _method: str, fields: EventDict) -> EventDict:
    """A room's name must not steer the terminal it is shown on."""
    return {
        key: _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
        if isinstance(value, str)
        else value
        for key, value in fields.items()
    }


class Writer:
    """Writes lines to a descriptor in a thread of its own."""

    def __init__(self, descriptor: int, capacity: int = CAPACITY) -> None:
        self.dropped = 0
        self._descriptor = descriptor
        self._capacity = capacity
        self._lines: collections.deque[str] = collections.deque()
        self._told = 0  # of `dropped`, how many the log itself has told of
        self._closing = False
        self._moved = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="log writer", daemon=True)
        self._thread.start()

    def put(self, line: str) -> None:
        """Queue a line, or drop and count it. Never waits for the reader."""
        with self._moved:
            if len(self._lines) >= self._capacity or self._closing:
                self.dropped += 1
                return
            self._lines.append(line)
            self._moved.notify()

    def close(self, deadline_s: float) -> bool:
        """Write what is queued, for at most that long; whether all of it was written."""
        with self._moved:
            self._closing = True
            self._moved.notify()
        self._thread.join(deadline_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._moved:
                while not self._lines and not self._closing:
                    self._moved.wait()
                if not self._lines:
                    return
                lines, self._lines = self._lines, collections.deque()
                lost, self._told = self.dropped - self._told, self.dropped
            if lost:
                lines.append(
                    f'{{"event": "log lines dropped", "level": "warning", "count": {lost}}}'
                )
            try:
                self._write(("\n".join(lines) + "\n").encode("utf-8", "backslashreplace"))
            except OSError:  # the reader is gone: there is nobody left to tell
                with self._moved:
                    self.dropped += len(lines)

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


class Logs:
    """The log of a process, from `start` to `close`."""

    def __init__(self, writer: Writer, handler: logging.Handler) -> None:
        self._writer = writer
        self._handler = handler

    @property
    def dropped(self) -> int:
        """Lines that nobody will read, because the reader stalled or left."""
        return self._writer.dropped

    def close(self, deadline_s: float = 2.0) -> bool:
        """Stop logging and write what is queued; whether all of it was written in time."""
        logging.getLogger().removeHandler(self._handler)
        logging.captureWarnings(False)
        structlog.reset_defaults()
        return self._writer.close(deadline_s)


class _Handler(logging.Handler):
    """Takes the standard library's records down the same road."""

    def __init__(self, processors: list[Processor], writer: Writer) -> None:
        super().__init__()
        self._processors = processors
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        try:
            fields: Any = {"event": record.getMessage(), "logger": record.name}
            if record.exc_info:
                fields["exc_info"] = record.exc_info
            for processor in self._processors:
                fields = processor(None, record.levelname.lower(), fields)
            self._writer.put(str(fields))
        except (TypeError, ValueError):  # a message that does not fit its arguments
            self.handleError(record)


class _Out:
    """What structlog calls with a rendered line."""

    def __init__(self, writer: Writer) -> None:
        self.debug = self.info = self.warning = self.warn = writer.put
        self.error = self.critical = self.exception = self.fatal = self.msg = writer.put


def start(
    *,
    level: str = "info",
    form: Form = "auto",
    descriptor: int | None = None,
    capacity: int = CAPACITY,
) -> Logs:
    """Send every log line of the process to `descriptor` (standard error).

    `auto` is colour on a terminal and JSON anywhere else. Times are ISO 8601 in UTC.
    """
    out = sys.stderr.fileno() if descriptor is None else descriptor
    if form == "auto":
        form = "console" if os.isatty(out) and "JOURNAL_STREAM" not in os.environ else "json"
    renderers: list[Processor] = (
        [structlog.processors.JSONRenderer(ensure_ascii=False, separators=(",", ":"))]
        if form == "json"
        else [_visible, structlog.dev.ConsoleRenderer(colors=os.isatty(out))]
    )
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        Redaction(),
        *renderers,
    ]
    number = logging.getLevelNamesMapping()[level.upper()]
    writer = Writer(out, capacity)
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: _Out(writer),
        cache_logger_on_first_use=False,  # a log is started anew in each test
    )
    handler = _Handler(processors, writer)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(number)
    for name in QUIET:  # they tell requests with their URLs, which hold secrets
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    logging.captureWarnings(True)
    return Logs(writer, handler)
