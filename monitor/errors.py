"""Every error this project raises on purpose.

MonitorError
├── InputError          somebody wrote something wrong; shown without a traceback
│   ├── ConfigError       in config/*.toml
│   └── RuleError         in rules/*.yaml
├── FrameError          a platform sent a frame we cannot read; counted, skipped
├── WorkerError         a process that holds rooms has ended
├── SourceError         a connection that trying again can not mend (a refused token)
└── DeliveryError       a channel refused a notice; `retry` tells what to do
"""

from __future__ import annotations


class MonitorError(Exception):
    """Whatever this project raises on purpose."""


class InputError(MonitorError):
    """Somebody wrote something wrong.

    Its text is one `file:line:column: what is wrong — what to write` a line;
    one error may tell about many mistakes.
    """

    def __init__(self, *mistakes: str) -> None:
        assert mistakes, "an input error names at least one mistake"
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class ConfigError(InputError):
    """A mistake in config/*.toml."""


class RuleError(InputError):
    """A mistake in rules/*.yaml."""


class FrameError(MonitorError):
    """A frame, or one item in it, that can not be read.

    `reason` is a short constant phrase to count by ("bad json", "missing
    field"); `detail` is for the sampled log line, never for a counter.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class SourceError(MonitorError):
    """A source that trying again can not mend until somebody acts."""


class WorkerError(MonitorError):
    """A worker process has ended, and with it what was known of its rooms."""


class DeliveryError(MonitorError):
    """A channel did not take a notice.

    `retry` says whether sending the same notice again can help; `retry_after_s`
    is the wait the receiver asked for, if it did. The text MUST NOT hold a
    secret, so no URL and no header.
    """

    def __init__(self, reason: str, *, retry: bool, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry
        self.retry_after_s = retry_after_s
