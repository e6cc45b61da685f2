"""`roomwatch replay`: a recording at full speed, by one rule set or by two compared."""

from __future__ import annotations

import argparse
import os
import sys
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from tqdm import tqdm

from monitor.courts import backtest, timeline
from monitor.durations import spell
from monitor.errors import MonitorError
from monitor.formats.decoder import Decoder
from monitor.mood.mood import Mood
from monitor.replay import Replay, Tally, frames, line, open_recording
from monitor.rules.compile import load
from monitor.shard import Shard


def replay(arguments: argparse.Namespace) -> int:
    """Changes of alerts on standard output, progress on standard error."""
    if arguments.against is not None:
        return _against(arguments)
    if arguments.picture is not None:
        raise MonitorError("`--picture` shows two rule sets — write `--against OTHER_RULES`, too")
    ruleset = load(arguments.rules)
    decoder = Decoder(source="replay", format=arguments.format, room=arguments.room)
    player = Replay(Shard(ruleset, mood=Mood()), decoder)
    with opened(arguments.recording) as file:
        for change in player.play(frames(_watched(file, arguments.recording))):
            if arguments.json:
                sys.stdout.buffer.write(line(change) + b"\n")
            else:
                print(f"{change.at:.2f} {change.room} {change.change:9} {change.summary}")
    ruleset.check()
    _understood(player.tally, decoder, arguments.recording)
    if not arguments.json:
        _summary(player.tally, decoder)
    return 0


def _against(arguments: argparse.Namespace) -> int:
    """Two rule sets on one recording: a line for each alert that is not the same in both."""
    new, old = load(arguments.rules), load(arguments.against)
    decoder = Decoder(source="replay", format=arguments.format, room=arguments.room)
    with opened(arguments.recording) as file:
        found = backtest.compare(
            Shard(new, mood=Mood()),
            Shard(old, mood=Mood()),
            decoder,
            frames(_watched(file, arguments.recording)),
        )
    for rules in (new, old):
        rules.check()
    _understood(found.tally, decoder, arguments.recording)
    if arguments.picture is not None:
        _draw(arguments, found)
    begins = found.tally.first_at or 0.0
    for each in found.differences:
        if each.what == "stays":
            continue
        if arguments.json:
            sys.stdout.buffer.write(each.line() + b"\n")
            continue
        episode = each.episode
        at = spell(max(episode.fired_at - begins, 0.0))
        about = f"{episode.rule} {episode.room} {episode.sku or ''}".strip()
        print(f"{each.what:8}  +{at}  {about}: {each.told()}")
    if not arguments.json:
        counts = ", ".join(f"{found.count(what)} {what}" for what in backtest.WHATS)
        print(f"{arguments.rules} against {arguments.against}: {counts}")
        _summary(found.tally, decoder)
    return 0


def _understood(tally: Tally, decoder: Decoder, name: str) -> None:
    """Raises MonitorError where every line was refused: it is another format, or none."""
    if decoder.rejected and not tally.facts:
        ((reason, count),) = decoder.rejected.most_common(1)
        raise MonitorError(
            f"{name}: no line of it could be read ({count:,} × {reason}) — write its `--format`"
        )


def _draw(arguments: argparse.Namespace, found: backtest.Comparison) -> None:
    picture = timeline.draw(
        found.differences,
        found.tally.first_at or 0.0,
        found.tally.last_at or 0.0,
        str(arguments.rules),
        str(arguments.against),
    )
    try:
        arguments.picture.write_text(picture, encoding="utf-8")
    except OSError as error:
        why = error.strerror or error
        raise MonitorError(f"{arguments.picture}: {why} — write where the picture goes") from None


def opened(name: str) -> BinaryIO:
    try:
        return open_recording(name)
    except OSError as error:
        raise _unreadable(name, error) from None


def _unreadable(name: str, error: Exception) -> MonitorError:
    why = getattr(error, "strerror", None) or str(error)
    return MonitorError(f"{name}: {why} — write the name of a recording")


def _watched(file: Iterator[bytes], name: str) -> Iterator[bytes]:
    """The lines of a recording, with a bar for how much of it is read."""
    tqdm.monitor_interval = 0  # its thread is for bars that stand still
    known = name != "-" and not name.endswith(".gz")
    with tqdm(
        total=os.path.getsize(name) if known else None,
        unit="B",
        unit_scale=True,
        file=sys.stderr,
        disable=None,
        desc=os.path.basename(name),
    ) as bar:
        lines = iter(file)
        while True:
            try:
                text = next(lines, None)
            except EOFError:
                raise MonitorError(
                    f"{name}: it ends in the middle of its gzip — copy it anew"
                ) from None
            except (OSError, zlib.error) as error:  # a .gz that is none
                raise _unreadable(name, error) from None
            if text is None:
                return
            bar.update(len(text))
            yield text


def _summary(tally: Tally, decoder: Decoder) -> None:
    print()
    for kind, count in tally.facts.most_common():
        print(f"{count:>10,}  {kind}")
    print(f"{len(tally.commenters):>10,}  different people commented")
    for currency, minor in tally.gifts_minor.items():
        print(f"{minor / 100:>13,.2f}  {currency} worth of gifts")
    for title, counts in (("refused", decoder.rejected), ("unknown", decoder.unknown)):
        for name, count in counts.most_common():
            print(f"{count:>10,}  {title}: {name}")
