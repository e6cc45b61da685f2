"""`roomwatch mood train | explain | score | export`."""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from monitor import training
from monitor.errors import InputError
from monitor.events import Comment
from monitor.formats.decoder import FORMATS, Decoder
from monitor.mood import phrases
from monitor.mood.mood import TOPICS, Judgement, Mood
from monitor.replay import frames, open_recording

_AT_ONCE = 1024


class Line(msgspec.Struct):
    """A line of what is scored."""

    id: str | int
    text: str


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `mood` with its own verbs."""
    mood = verbs.add_parser("mood", help="train, explain and use the reader of comments")
    words = mood.add_subparsers(title="verbs", required=True, metavar="VERB")

    train = words.add_parser("train", help="make the weights anew")
    train.add_argument("--data", type=pathlib.Path, required=True, metavar="DIR")
    train.add_argument("--extra", type=pathlib.Path, metavar="JSONL", help="comments you labelled")
    train.add_argument("--out", type=pathlib.Path, metavar="DIR", help="default: the package")
    train.set_defaults(run=_train)

    explain = words.add_parser("explain", help="why a comment is read as it is")
    explain.add_argument("text", metavar="TEXT")
    _take_phrases(explain)
    explain.set_defaults(run=_explain)

    score = words.add_parser("score", help='{"id", "text"} in; id, score, neg and topic out')
    score.add_argument("--in", dest="source", required=True, metavar="JSONL", help="- for stdin")
    score.add_argument("--out", required=True, metavar="JSONL", help="- for stdout")
    _take_phrases(score)
    score.set_defaults(run=_score)

    export = words.add_parser("export", help="the flagged comments of a recording, to label anew")
    export.add_argument("recording", help="a file, a .gz file, or -")
    export.add_argument("--format", choices=sorted(FORMATS), default="native")
    export.add_argument("--room", help="for formats that do not name it; else only this room")
    export.add_argument("--session", help="only this session")
    export.add_argument("--out", default="-", metavar="JSONL")
    _take_phrases(export)
    export.set_defaults(run=_export)


def _take_phrases(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--phrases", type=pathlib.Path, metavar="YAML", help="your own phrases, too")


def _mood(arguments: argparse.Namespace) -> Mood:
    return Mood(own=phrases.load(arguments.phrases) if arguments.phrases else None)


def _train(arguments: argparse.Namespace) -> int:
    out = arguments.out or pathlib.Path(training.__file__).with_name("mood")
    made = training.train(arguments.data, out, arguments.extra)
    print(f"{out}/weights.npz: {made.size} bytes, threshold {made.threshold:.2f}")
    for name, value in made.figures.items():
        print(f"{name:>24}  {value:.3f}")
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    print(explained(_mood(arguments).explain(arguments.text)))
    return 0


def explained(judged: Judgement) -> str:
    """A judgement in lines that people read."""
    verdict = f"complains about {judged.topic}" if judged.negative else "does not complain"
    shares = " ".join(f"{mark}{share:+.2f}" for mark, share in judged.characters)
    lines = [
        f"{judged.text}",
        f"{verdict}: score {judged.score:.2f}, threshold {judged.threshold:.2f}",
        f"characters: {shares}",
    ]
    if judged.phrases:
        lines.append(f"phrases: {', '.join(judged.phrases)}")
    if judged.guards:
        lines.append(f"taken back because it is {', '.join(judged.guards)}")
    return "\n".join(lines)


def _score(arguments: argparse.Namespace) -> int:
    mood = _mood(arguments)
    with _opened(arguments.out) as out:
        held: list[Line] = []
        for line in _lines(arguments.source):
            held.append(line)
            if len(held) == _AT_ONCE:
                _write_scores(mood, held, out)
                held = []
        _write_scores(mood, held, out)
    return 0


def _write_scores(mood: Mood, held: list[Line], out: Any) -> None:
    reading = mood.read([line.text for line in held])
    for row, line in enumerate(held):
        topic = int(reading.topic[row])
        answer = {
            "id": line.id,
            "score": round(float(reading.score[row]), 4),
            "neg": bool(reading.negative[row]),
            "topic": TOPICS[topic] if topic >= 0 else None,
        }
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")


def _lines(source: str) -> Iterator[Line]:
    try:
        text = sys.stdin.read() if source == "-" else pathlib.Path(source).read_text("utf-8")
    except OSError as error:
        raise InputError(f"{source}: {error.strerror}") from None
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield msgspec.json.decode(line, type=Line)
            except msgspec.DecodeError as error:
                raise InputError(
                    f'{source}:{number}: {error} — write {{"id": "1", "text": "…"}}'
                ) from None


def _export(arguments: argparse.Namespace) -> int:
    mood = _mood(arguments)
    seen: set[str] = set()
    with _opened(arguments.out) as out:
        for said in _comments(arguments):
            reading = mood.read([each.text for each in said])
            for row in reading.negative.nonzero()[0].tolist():
                comment = said[row]
                if comment.text in seen:
                    continue
                seen.add(comment.text)
                answer = {
                    "text": comment.text, "label": "neg", "topic": TOPICS[reading.topic[row]],
                    "score": round(float(reading.score[row]), 3), "at": comment.at,
                    "room": comment.room,
                }  # fmt: skip
                out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 0


def _comments(arguments: argparse.Namespace) -> Iterator[list[Comment]]:
    """The viewers' comments of a recording, some at a time."""
    decoder = Decoder(source="export", format=arguments.format, room=arguments.room)
    held: list[Comment] = []
    try:
        file = open_recording(arguments.recording)
    except OSError as error:
        raise InputError(f"{arguments.recording}: {error.strerror}") from None
    with file:
        for frame in frames(file):
            for batch in decoder.receive([frame], frame.received_at):
                held += [
                    event for event in batch.events
                    if isinstance(event, Comment)
                    and not (event.is_host or event.is_moderator)
                    and arguments.room in (None, event.room)
                    and arguments.session in (None, event.session)
                ]  # fmt: skip
            if len(held) >= _AT_ONCE:
                yield held
                held = []
    yield held


def _opened(name: str) -> Any:
    """A file to write to; standard output, which stays open, for -."""
    if name == "-":
        return _Standard()
    try:
        return pathlib.Path(name).open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{name}: {error.strerror}") from None


class _Standard:
    def __enter__(self) -> Any:
        return sys.stdout

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()
