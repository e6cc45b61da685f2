"""What oncall.toml may say: who is on call when, and who is told when nobody acknowledges."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from monitor.alerts.oncall import Contact, OnCall, Shift
from monitor.alerts.policies import Policy
from monitor.config.section import Found, Section, check_timezone, repeated_names
from monitor.shapes import suggest


class OncallFile(Section, frozen=True, kw_only=True):
    """What oncall.toml says. Without the file nobody is on call, and nothing escalates."""

    people: tuple[Contact, ...] = ()
    shifts: tuple[Shift, ...] = ()
    escalations: tuple[Policy, ...] = ()

    def rota(self, timezone: str) -> OnCall:
        """Who is on call; shifts that name no timezone are in this one."""
        return OnCall(self.people, self.shifts, timezone=timezone)


def mistakes_between(oncall: OncallFile, channels: Sequence[str]) -> Found:
    """What is wrong between the tables of oncall.toml, and with the names of channels."""
    people = [each.name for each in oncall.people]
    for table, names in {
        "people": people,
        "shifts": [each.name for each in oncall.shifts],
        "escalations": [each.name for each in oncall.escalations],
    }.items():
        yield from repeated_names(table, "name", names)
    for index, person in enumerate(oncall.people):
        place = ("people", index, "channels")
        if not person.channels:
            yield place, "no channel reaches them — name one of [[channels]] in channels.toml"
        for what in _unknown("channel", person.channels, channels):
            yield place, what
    for index, shift in enumerate(oncall.shifts):
        if not shift.people:
            yield ("shifts", index, "people"), "nobody is on duty — name some of [[people]]"
        for what in _unknown("person", shift.people, people):
            yield ("shifts", index, "people"), what
        try:
            check_timezone("timezone", shift.timezone)
        except ValueError as error:
            yield ("shifts", index, "timezone"), str(error)
    for index, policy in enumerate(oncall.escalations):
        yield from _steps(index, policy, people, channels)


def _steps(index: int, policy: Policy, people: list[str], channels: Sequence[str]) -> Found:
    if not policy.steps:
        yield ("escalations", index, "steps"), "there are no steps — write at least one"
    before = 0.0
    for number, step in enumerate(policy.steps):
        place = ("escalations", index, "steps", number)
        if step.after_s <= before:
            what = f"a step comes after the one before it — write more than {before:g}"
            yield (*place, "after_s"), what
        before = step.after_s
        if not (step.on_call or step.people or step.channels):
            yield place, "it tells nobody — write `on_call`, `people` or `channels`"
        for what in _unknown("person", step.people, people):
            yield (*place, "people"), what
        for what in _unknown("channel", step.channels, channels):
            yield (*place, "channels"), what


def _unknown(what: str, names: Sequence[str], known: Collection[str]) -> list[str]:
    return [
        f"unknown {what} `{name}` — "
        + (suggest(name, known) if known else f"there is no {what} yet: add one first")
        for name in names
        if name not in known
    ]
