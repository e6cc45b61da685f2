"""What a config leads to."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from monitor.clock import ManualClock
from monitor.config.files import InboxSettings
from monitor.config.http import HttpSettings
from monitor.daemon import plan
from monitor.engines.crew import Crew
from monitor.engines.embedded import Embedded
from monitor.errors import ConfigError, RuleError
from tests.alerts.changes import T0, fired
from tests.daemon.ground import BUSY, Ground


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    return Ground(tmp_path)


def test_a_plan_holds_what_is_made_of_a_config(ground: Ground) -> None:
    """Rules compiled, channels made, routes checked."""
    ground.write(channels='default = ["log"]\n[[channels]]\nkind = "log"\nname = "log"\n')
    ready = plan.make(ground.load(), ManualClock())

    assert ["busy"] == [rule.id for rule in ready.ruleset.rules]
    assert ["log"] == [channel.name for channel in ready.channels]
    assert [] == ready.unknown_channels()


def test_rooms_are_shared_where_the_config_says_so(ground: Ground) -> None:
    """By as many workers; else they are held here. It is known at the next start."""
    alone = ground.load()
    ground.write(more="workers = 3\n")
    shared = ground.load()

    assert isinstance(plan.make(alone, ManualClock()).make_host(), Embedded)
    assert isinstance(plan.make(shared, ManualClock()).make_host(), Crew)
    assert ["[engine]"] == plan.needs_restart(alone, shared)


def test_a_rule_that_asks_for_nobody_is_named(ground: Ground) -> None:
    """It is no mistake: routes tell instead."""
    ground.write(rules=BUSY + "    notify: [boss, screen]\n")

    assert ["busy: boss"] == plan.make(ground.load(), ManualClock()).unknown_channels()


def test_broken_rules_make_no_plan(ground: Ground) -> None:
    """Every mistake is told."""
    ground.write(rules="rules: [")
    with pytest.raises(RuleError, match=r"busy\.yaml:1"):
        plan.make(ground.load(), ManualClock())


def test_only_what_is_not_read_again_needs_a_restart(ground: Ground) -> None:
    """The public address is read again, the address we listen on is not."""
    config = ground.load()

    def changed(**sections: object) -> list[str]:
        return plan.needs_restart(config, replace(config, main=replace(config.main, **sections)))

    assert [] == changed()
    assert [] == changed(http=replace(config.main.http, public_url="https://rooms.example.com"))
    assert ["[http]"] == changed(http=HttpSettings(listen="127.0.0.1:1"))
    assert ["[inbox]"] == changed(inbox=InboxSettings(frames=1))
    assert ["[daemon] state"] == plan.needs_restart(config, replace(config, state=Path("else")))


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    """Or it is told what to do."""
    plan.make_folder(tmp_path / "a" / "b")
    plan.make_folder(tmp_path / "a" / "b")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"write another one into \[daemon\] state"):
        plan.make_folder(tmp_path / "file" / "b")

    assert (tmp_path / "a" / "b").is_dir()


def test_recordings_are_played_with_what_is_in_force(ground: Ground) -> None:
    """The folder of recordings and that of the recorder, both from the config's own."""
    (ground.folder / "tapes").mkdir()
    ground.write(
        more='[console]\nrecordings = "../tapes"\n[record]\nfolder = "sessions"\n'
        '[[rooms]]\nroom = "r"\nname = "好物"\n'
    )
    config = ground.load()
    kitchen = plan.kitchen(config)
    recorder = plan.recorder(config, ManualClock())

    assert (ground.folder / "tapes", config.state / "sessions") == kitchen.folders
    assert (ground.folder / "rules", ["", "好物"]) == (
        kitchen.rules,
        [profile.name for profile in kitchen.profiles],
    )
    assert not kitchen.core.mood
    assert recorder is not None
    assert (config.state / "sessions").is_dir()


def test_nothing_is_recorded_unless_somebody_asks(ground: Ground) -> None:
    """What people say is theirs."""
    assert plan.recorder(ground.load(), ManualClock()) is None


def test_rules_and_config_both_say_what_explains_what(ground: Ground) -> None:
    """And neither may close a circle with the other."""
    other = """\
  - id: calm
    kind: threshold
    when: comments_10s < 3
    inhibited_by: [busy]
"""
    ground.write(rules=BUSY + other)
    mutes = plan.make(ground.load(), ManualClock()).make_mutes()
    mutes.note(fired("busy", "r"))

    assert "explained by busy" == mutes.why_quiet(fired("calm", "r"), T0)
    ground.write(rules=BUSY + other, channels='[[inhibitions]]\nby = "calm"\nrules = ["busy"]\n')
    with pytest.raises(ConfigError, match="explains itself in the end"):
        plan.make(ground.load(), ManualClock())


PARAMS = '[[params]]\nrule = "busy"\nvalues = {{ {} = 5 }}\nrooms = ["r"]\n'
BUSIER = BUSY.replace("comments_10s >= 3", "comments_10s >= least").replace(
    "kind: threshold", "kind: threshold\n    params: {least: 3}"
)


def test_the_config_overrides_parameters_of_rules(ground: Ground) -> None:
    """And a parameter that is not there is a mistake of the config, with its line."""
    ground.write(rules=BUSIER, more=PARAMS.format("least"))
    (rule,) = plan.make(ground.load(), ManualClock()).ruleset.rules
    ground.write(rules=BUSIER, more=PARAMS.format("lest"))

    assert [5.0] == [value for _, value in rule.params[0].others]
    with pytest.raises(RuleError, match=r"roomwatch\.toml:10: .*no parameter `lest`"):
        plan.make(ground.load(), ManualClock())


def test_a_rule_that_acts_in_a_way_nobody_has_configured_is_named(ground: Ground) -> None:
    """It is no mistake: nothing is done."""
    ground.write(rules=BUSY + "    act: [take_down]\n")
    ready = plan.make(ground.load(), ManualClock())

    assert ["busy: take_down"] == ready.unknown_actions()
    ground.write(
        rules=BUSY + "    act: [take_down]\n",
        channels='[[channels]]\nkind = "mqtt_command"\nname = "goods"\n'
        'broker = "mqtt://127.0.0.1"\ntopic = "t"\n'
        '[[actions]]\nname = "take_down"\nchannel = "goods"\n',
    )
    assert [] == plan.make(ground.load(), ManualClock()).unknown_actions()
