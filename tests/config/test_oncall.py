"""What stands between the tables of oncall.toml."""

from __future__ import annotations

import pytest

from monitor import tomlfile
from monitor.config.oncall import OncallFile, mistakes_between

GOOD = """
[[people]]
name = "李敏"
channels = ["log"]

[[shifts]]
name = "晚班"
people = ["李敏"]
start = "18:00"
end = "02:00"

[[escalations]]
name = "critical"
[[escalations.steps]]
after_s = 15
on_call = 1
[[escalations.steps]]
after_s = 30
channels = ["log"]
"""


def read(text: str) -> OncallFile:
    return tomlfile.load(text, OncallFile).value


def test_a_rota_that_names_what_there_is_has_no_mistakes():
    """Shifts without a timezone are in the daemon's."""
    oncall = read(GOOD)

    assert [] == list(mistakes_between(oncall, ["log"]))
    assert ["李敏"] == oncall.rota("Asia/Shanghai").on_duty("a", 1_795_351_636.0)  # 20:47 there


@pytest.mark.parametrize(
    ("good", "bad", "place", "mistake"),
    [
        ('channels = ["log"]\n\n', 'channels = ["lgo"]\n\n', ("people", 0, "channels"),
         "unknown channel `lgo` — did you mean `log`?"),
        ('channels = ["log"]\n\n', "channels = []\n\n", ("people", 0, "channels"),
         "no channel reaches them — name one of [[channels]] in channels.toml"),
        ('people = ["李敏"]', 'people = ["李明"]', ("shifts", 0, "people"),
         "unknown person `李明` — write one of 李敏"),
        ('people = ["李敏"]', "people = []", ("shifts", 0, "people"),
         "nobody is on duty — name some of [[people]]"),
        ('end = "02:00"', 'end = "02:00"\ntimezone = "Mars"', ("shifts", 0, "timezone"),
         "`timezone` is `Mars`, which is no timezone — write for example `Asia/Shanghai`"),
        ("after_s = 30", "after_s = 10", ("escalations", 0, "steps", 1, "after_s"),
         "a step comes after the one before it — write more than 15"),
        ("on_call = 1", "", ("escalations", 0, "steps", 0),
         "it tells nobody — write `on_call`, `people` or `channels`"),
        ("on_call = 1", 'people = ["王涛"]', ("escalations", 0, "steps", 0, "people"),
         "unknown person `王涛` — write one of 李敏"),
    ],
)  # fmt: skip
def test_what_does_not_fit_has_a_place_and_a_remedy(
    good: str, bad: str, place: tuple[object, ...], mistake: str
):
    """One change of a good file each."""
    assert good in GOOD

    assert [(place, mistake)] == list(mistakes_between(read(GOOD.replace(good, bad)), ["log"]))


def test_names_are_there_once_and_a_policy_has_steps():
    """In each table."""
    text = GOOD + '[[people]]\nname = "李敏"\nchannels = ["log"]\n'
    text += '[[escalations]]\nname = "empty"\nsteps = []\n'

    assert [
        (("people", 1, "name"), "`李敏` is there twice — use another name"),
        (("escalations", 1, "steps"), "there are no steps — write at least one"),
    ] == list(mistakes_between(read(text), ["log"]))
