"""`roomwatch bench` as people and machines read it."""

from __future__ import annotations

import msgspec
import pytest

from monitor.bench import check, run


def test_the_engine_tells_its_rate_beside_that_of_decoding_alone(capsys):
    code = run.main(["engine", "--events", "3000", "--runs", "2", "--json"])
    told = msgspec.json.decode(capsys.readouterr().out)

    assert 0 == code
    assert told["events_per_s"] > 0
    assert told["decode_only_events_per_s"] > told["events_per_s"]
    assert ("native", 3000, 200, 50, 2) == tuple(
        told[name] for name in ("wire", "events", "rooms", "rules", "runs")
    )
    share = told["events_per_s"] / told["decode_only_events_per_s"]
    assert pytest.approx(share, abs=0.001) == told["share_of_decode_only"]
    assert {"alerts", "checksum", "python", "numpy", "ran", "core"} <= told.keys()


def test_the_profile_names_ten_functions(capsys):
    assert 0 == run.main(["engine", "--events", "1000", "--profile"])
    assert "due to restriction <10>" in capsys.readouterr().out


def test_rules_tell_the_milliseconds_of_a_tick(capsys):
    assert 0 == run.main(["rules", "--rooms", "200", "--ticks", "4", "--json"])
    assert msgspec.json.decode(capsys.readouterr().out)["tick_ms"] > 0


def test_a_check_that_differs_fails_and_names_the_first_differences(capsys, monkeypatch, tmp_path):
    """
    The oracle knows no ages of feeds: a rule about them fires in the engine alone.
    """
    monkeypatch.setattr(check, "SMALL", msgspec.structs.replace(check.SMALL, events=600))
    assert 0 == run.main(["engine", "--check"])
    beyond = tmp_path / "check.yaml"
    beyond.write_text("rules:\n  - {id: silent, kind: threshold, when: feed_age_s > 0.2}\n")
    monkeypatch.setattr(check, "RULES", beyond)

    assert 1 == run.main(["engine", "--check", "--json"])
    told = msgspec.json.decode(capsys.readouterr().out.splitlines()[-1])
    assert told["engine"] != told["oracle"]
    assert "silent|" in told["differences"][0]
