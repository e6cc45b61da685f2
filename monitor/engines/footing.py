"""What rooms are watched by: rules, what the config says of rooms, the operator's phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from monitor.mood.phrases import Phrases
from monitor.rules import compile as rules
from monitor.rules.compiled import AnyRule
from monitor.rules.kinds.unknown import Unknown
from monitor.rules.parameters import Override, Overrides
from monitor.rules.ruleset import RuleSet
from monitor.signals.rooms import Profile


class Footing(Struct, frozen=True, kw_only=True):
    """Checked, compiled, and ready to be put in force."""

    rules: RuleSet
    overrides: Sequence[Override] = ()  # of their parameters
    timezone: str = "UTC"
    profiles: Mapping[str, Profile] = {}
    phrases: Phrases = Phrases()

    def written(self) -> Written:
        """The same for another process."""
        return Written(
            # what a rule adds of its own is made anew with it
            rules=[each.rule for each in self.rules.rules if not isinstance(each.rule, Unknown)],  # type: ignore[misc]
            overrides=list(self.overrides),
            timezone=self.timezone,
            profiles=list(self.profiles.items()),
            phrases=self.phrases,
        )


class Written(Struct, frozen=True, kw_only=True):
    """A footing as it is told to another process, which compiles it again."""

    rules: list[AnyRule]
    overrides: list[Override]
    timezone: str
    profiles: list[tuple[str, Profile]]
    phrases: Phrases

    def footing(self) -> Footing:
        return Footing(
            rules=rules.again(self.rules, Overrides(self.overrides, self.timezone)),
            overrides=self.overrides,
            timezone=self.timezone,
            profiles=dict(self.profiles),
            phrases=self.phrases,
        )
