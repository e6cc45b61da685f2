"""The words of the command line, and who answers to each.

A mistake somebody made is shown without a traceback and ends with 2; a test or a check
that fails ends with 1.
"""

from __future__ import annotations

import argparse
import errno
import os
import pathlib
import sys
from collections.abc import Sequence

from monitor import __version__
from monitor.alerts.alert import WORST_FIRST
from monitor.bench.run import register as register_bench
from monitor.cli import acting, offline, remote, replaying
from monitor.cli.demonstrating import demonstrate
from monitor.cli.kinds import kinds as list_kinds
from monitor.cli.metrics import metrics as catalogue
from monitor.cli.mood import register as register_mood
from monitor.durations import parse
from monitor.errors import MonitorError
from monitor.formats.decoder import FORMATS

CONFIG = "config"
RULES = "rules"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except MonitorError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read us has gone (`| head`): nothing is wrong, and nothing more to say.
        _say_no_more()
        return 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        _say_no_more()
        print(f"{error.strerror}: not all was written — make room", file=sys.stderr)
        return 2
    return status


def _say_no_more() -> None:
    """What is still to be written goes nowhere, instead of failing when we leave."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="roomwatch", description="Watches live-commerce rooms and tells people in time."
    )
    parser.add_argument("--version", action="version", version=f"roomwatch {__version__}")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    _daemon_verbs(verbs)
    _offline_verbs(verbs)
    _remote_verbs(verbs)
    register_bench(verbs)
    register_mood(verbs)
    return parser


def _daemon_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = verbs.add_parser("run", help="run the daemon")
    run.add_argument("--config", type=pathlib.Path, default=pathlib.Path(CONFIG), metavar="FOLDER")
    run.set_defaults(run=acting.run)

    demo = verbs.add_parser("demo", help="run the daemon with three acted rooms")
    demo.add_argument("--port", type=_port, default=8731, help="0 for any free one")
    demo.add_argument("--for", dest="for_s", type=_duration, metavar="60s", help="then end")
    demo.add_argument("--no-browser", action="store_true", help="do not open the page")
    demo.add_argument("--speed", type=_speed, default=1.0, help="times faster than life")
    demo.set_defaults(run=demonstrate)


def _offline_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = verbs.add_parser("check", help="check config and rules, start nothing")
    check.add_argument("--config", type=pathlib.Path, metavar="FOLDER")
    check.add_argument("rules", type=pathlib.Path, nargs="?", metavar="RULES")
    check.set_defaults(run=offline.check)

    test = verbs.add_parser("test", help="play the tests of rules")
    test.add_argument("rules", type=pathlib.Path, nargs="?", default=pathlib.Path(RULES))
    test.add_argument("--cover", action="store_true", help="terms never true, or never false")
    test.add_argument("--mutate", action="store_true", help="would they notice a wrong rule?")
    test.set_defaults(run=offline.test)

    replay = verbs.add_parser("replay", help="play a recording at full speed")
    replay.add_argument("recording", help="a file, a .gz file, or - for standard input")
    replay.add_argument("--format", choices=sorted(FORMATS), default="native")
    replay.add_argument("--rules", type=pathlib.Path, default=pathlib.Path(RULES))
    replay.add_argument("--room", help="for formats that do not name it")
    replay.add_argument("--json", action="store_true", help="a line for each change of an alert")
    replay.add_argument("--against", type=pathlib.Path, metavar="RULES", help="compare with these")
    replay.add_argument("--picture", type=pathlib.Path, metavar="FILE", help="of that, as SVG")
    replay.set_defaults(run=replaying.replay)

    metrics = verbs.add_parser("metrics", help="the catalogue of figures")
    metrics.add_argument("--markdown", action="store_true")
    metrics.set_defaults(run=catalogue)

    kinds = verbs.add_parser("kinds", help="the language of rules")
    kinds.add_argument("kind", nargs="?", help="one kind, with its fields")
    kinds.add_argument("--markdown", action="store_true")
    kinds.set_defaults(run=list_kinds)

    schema = verbs.add_parser("schema", help="JSON Schema of what producers send")
    schema.set_defaults(run=offline.schema)


def _remote_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    alerts = verbs.add_parser("alerts", help="open alerts of a running daemon")
    ack = verbs.add_parser("ack", help="acknowledge an open alert")
    ack.add_argument("key", help="as `roomwatch alerts` shows it")
    explain = verbs.add_parser("explain", help="why a rule fires in a room, or why it does not")
    explain.add_argument("rule", help="its id")
    explain.add_argument("--room", default="", help="or a platform; none for a rule of all rooms")
    explain.add_argument("--sku", help="the product, in a rule of products")
    explain.add_argument("--json", action="store_true")
    explain.add_argument("--recording", help="of a recording, not of a running daemon")
    explain.add_argument("--at", help="until then: `12m` from its beginning, or a time")
    explain.add_argument("--format", choices=sorted(FORMATS), default="native")
    explain.add_argument("--rules", type=pathlib.Path, default=pathlib.Path(RULES))
    mutes = verbs.add_parser("mutes", help="the mutes in force")
    unmute = verbs.add_parser("unmute", help="end a mute")
    unmute.add_argument("name", help="as `roomwatch mutes` shows it")
    mute = verbs.add_parser("mute", help="tell nobody of some alerts for a while")
    _matchers(mute)
    for verb, answer in (
        (alerts, remote.alerts),
        (ack, remote.acknowledge),
        (explain, remote.explain),
        (mute, remote.mute),
        (mutes, remote.mutes),
        (unmute, remote.unmute),
    ):
        verb.add_argument("--url", default="http://127.0.0.1:8731", help="of the control room")
        verb.add_argument(
            "--token-file", type=pathlib.Path, help="or $ROOMWATCH_TOKEN; not needed by a demo"
        )
        verb.set_defaults(run=answer)
    alerts.add_argument("--json", action="store_true")
    mutes.add_argument("--json", action="store_true")


def _matchers(mute: argparse.ArgumentParser) -> None:
    for name in remote.MATCHED:
        mute.add_argument(f"--{name}", metavar="PATTERN", help="may hold `*`")
    mute.add_argument("--severity", action="append", choices=WORST_FIRST, help="again for more")
    mute.add_argument("--reason", required=True)
    ends = mute.add_mutually_exclusive_group(required=True)
    ends.add_argument("--for", dest="for_s", type=_duration, metavar="30m")
    ends.add_argument("--session", action="store_true", help="until the room's broadcast ends")


def _duration(text: str) -> float:
    try:
        return parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"`{text}` is no port — write 0 to 65535")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= 20:
        raise argparse.ArgumentTypeError(f"`{text}` is no speed — write 0.1 to 20")
    return speed
