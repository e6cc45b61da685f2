"""Weights are made from files, the same each time, and never from what judges them."""

from __future__ import annotations

import json
import pathlib

import pytest

from monitor import training
from monitor.errors import InputError
from monitor.training import Example, fingerprint, make


def data(folder: pathlib.Path, rows: list[dict[str, str]]) -> pathlib.Path:
    (folder / "train").mkdir(parents=True)
    (folder / "train" / "seed.jsonl").write_text("")
    (folder / "EXCLUDE_HASHES.txt").write_text(fingerprint("坏 了!") + "\n")
    (folder / "dev_open.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_marks_spaces_and_width_do_not_hide_a_text_from_the_list():
    assert fingerprint("坏了") == fingerprint("坏 了!") == fingerprint("坏_了。")
    assert fingerprint("ＡＢ") == fingerprint("ab")
    assert fingerprint("😡") != fingerprint("😂")


def test_rows_that_judge_are_dropped(tmp_path):
    extra = tmp_path / "mine.jsonl"
    extra.write_text('{"text": "坏了!", "label": "neg"}\n{"text": "好", "label": "pos"}\n')
    folder = data(tmp_path / "data", [])
    excluded = training._excluded(folder / "EXCLUDE_HASHES.txt")
    examples, used = training._examples(folder, extra, excluded)

    assert "坏了!" not in [example.text for example in examples]
    assert ("mine.jsonl", 1) == (used[-1].name, used[-1].examples)


def test_the_same_examples_make_the_same_bytes():
    examples = [
        Example(text, label, 1.0, "stream" if label else None)
        for text, label in (("没声音", True), ("好看", False), ("卡死了", True), ("多少钱", False))
    ] * 5
    first, second = make(examples), make(examples)

    assert first.packed() == second.packed()


def test_a_wrong_line_has_an_address(tmp_path):
    extra = tmp_path / "mine.jsonl"
    extra.write_text('{"text": "好", "label": "pos"}\n{"label": "neg"}\n')

    with pytest.raises(InputError, match=r"mine\.jsonl:2: "):
        list(training._lines(extra))


def test_a_folder_without_data_is_told(tmp_path):
    with pytest.raises(InputError, match="train/"):
        training.train(tmp_path, tmp_path)
