"""What `roomwatch mood` answers."""

from __future__ import annotations

import json

from monitor.cli.arguments import main


def test_a_comment_is_explained_character_by_character(capsys):
    assert 0 == main(["mood", "explain", "没声音"])
    told = capsys.readouterr().out

    assert "complains about stream" in told
    assert "没+" in told or "没-" in told


def test_lines_are_scored(tmp_path):
    source, out = tmp_path / "texts.jsonl", tmp_path / "preds.jsonl"
    source.write_text('{"id": "a", "text": "没声音"}\n\n{"id": "b", "text": "多少钱"}\n', "utf-8")

    assert 0 == main(["mood", "score", "--in", str(source), "--out", str(out)])
    answers = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [("a", True, "stream"), ("b", False, None)] == [
        (each["id"], each["neg"], each["topic"]) for each in answers
    ]
    assert answers[0]["score"] > answers[1]["score"]


def test_a_wrong_line_has_an_address(tmp_path, capsys):
    source = tmp_path / "texts.jsonl"
    source.write_text('{"id": "a", "text": "好"}\n{"text": 1}\n', "utf-8")

    assert 2 == main(["mood", "score", "--in", str(source), "--out", "-"])
    assert f"{source}:2: " in capsys.readouterr().err


def test_flagged_comments_of_a_recording_are_exported_once(tmp_path):
    said = ["没声音", "没声音", "好看", "质量太差了"]
    recording, out = tmp_path / "room.jsonl", tmp_path / "flagged.jsonl"
    recording.write_text(
        "".join(
            json.dumps(
                {"type": "comment", "room": "r", "id": str(n), "at": 1_795_370_000 + n,
                 "user": f"u{n}", "text": text}
            ) + "\n"
            for n, text in enumerate(said)
        ), "utf-8",
    )  # fmt: skip

    assert 0 == main(["mood", "export", str(recording), "--out", str(out)])
    assert [("没声音", "stream"), ("质量太差了", "quality")] == [
        (row["text"], row["topic"]) for row in map(json.loads, out.read_text("utf-8").splitlines())
    ]


def test_an_operator_s_phrases_are_heeded(tmp_path, capsys):
    own = tmp_path / "own.yaml"
    own.write_text("complaints: [{topic: quality, phrases: [钻绒]}]\n", "utf-8")

    assert 0 == main(["mood", "explain", "这件钻绒吧", "--phrases", str(own)])
    assert "complains about quality" in capsys.readouterr().out
    own.write_text("harmless: [坑]\n", "utf-8")
    assert 2 == main(["mood", "explain", "好", "--phrases", str(own)])
    assert f"{own}:1:12: `坑` has 1 letters" in capsys.readouterr().err


def test_a_scored_line_has_these_fields_and_no_others(tmp_path):
    source, out = tmp_path / "texts.jsonl", tmp_path / "preds.jsonl"
    source.write_text('{"id": 7, "text": "没声音"}\n{"id": "b", "text": "", "more": 1}\n', "utf-8")
    main(["mood", "score", "--in", str(source), "--out", str(out)])
    first, second = [json.loads(line) for line in out.read_text("utf-8").splitlines()]

    assert ["id", "score", "neg", "topic"] == list(first) == list(second)
    assert (7, True, "stream") == (first["id"], first["neg"], first["topic"])
    assert ("b", False, None) == (second["id"], second["neg"], second["topic"])
