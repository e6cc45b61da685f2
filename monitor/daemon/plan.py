"""What a config leads to, checked and made before anything that runs is touched."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from monitor.alerts.acting import Acting
from monitor.alerts.dispatch import Dispatch
from monitor.alerts.escalation import Escalation
from monitor.alerts.mutes import Inhibition, Mutes
from monitor.alerts.routes import Describe, Routes
from monitor.channels.channel import Channel
from monitor.clock import Clock
from monitor.config import Config
from monitor.console.replays.deck import Kitchen
from monitor.engines.crew import Crew
from monitor.engines.embedded import Embedded
from monitor.engines.footing import Footing
from monitor.engines.host import Host
from monitor.errors import ConfigError
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.rules.compile import RuleSet
from monitor.shard import Shard
from monitor.signals.tables import Settings
from monitor.storage.recorder import Recorder

# what the parts that run are built of: read again only at a restart
UNTIL_RESTART = ("http", "engine", "inbox", "logging", "retention", "record")
READ_AGAIN = ("public_url",)


class Plan(Struct, frozen=True, kw_only=True):
    """Everything that is made of a config and can not be wrong any more."""

    config: Config
    ruleset: RuleSet
    channels: list[Channel]
    routes: Routes

    def footing(self) -> Footing:
        """What rooms are watched by."""
        config = self.config
        return Footing(
            rules=self.ruleset,
            overrides=config.overrides.items,
            timezone=config.overrides.timezone,
            profiles=config.main.profiles(),
            phrases=config.phrases,
        )

    def make_host(self) -> Host:
        """What holds the rooms, and has heard nothing yet."""
        settings, footing = self.config.main.engine, self.footing()
        if settings.workers > 1:
            return Crew(footing, core(self.config), settings.workers)
        mood = Mood() if settings.mood else None
        shard = Shard(self.ruleset, footing.profiles, core(self.config), mood)
        shard.figures.use(footing.phrases)
        return Embedded(shard)

    def make_mutes(self) -> Mutes:
        """Every reason to be quiet that is written. Raises ConfigError on a circle."""
        written = self.config.channels
        of_rules = [Inhibition(by=by, rules=rules) for by, rules in self.ruleset.explains.items()]
        return Mutes(
            written.mutes, written.quiet_hours, [*written.inhibitions, *of_rules], written.breaks
        )

    def make_acting(self) -> Acting:
        """What rules do by themselves, as it is written."""
        return Acting(self.config.channels.actions, self.ruleset.acts)

    def make_dispatch(self, describe: Describe) -> Dispatch:
        """Who is told what, and what is done."""
        notices = self.config.channels.notices
        return Dispatch(self.routes, self.make_mutes(), notices, describe, self.make_acting())

    def renew(self, dispatch: Dispatch) -> None:
        """Put this in force there; nothing on its way is lost."""
        dispatch.replace(self.routes, self.config.channels.notices)
        dispatch.mutes.take(self.make_mutes())
        dispatch.acting.take(self.make_acting())

    def unknown_actions(self) -> list[str]:
        """What rules would do with `act` and the config does not say how: nothing is done."""
        known = {action.name for action in self.config.channels.actions}
        return [
            f"{rule}: {name}"
            for rule, names in self.ruleset.acts.items()
            for name in names
            if name not in known
        ]

    def unknown_channels(self) -> list[str]:
        """What rules ask for with `notify` and nobody is: routes tell instead."""
        return [
            f"{rule.id}: {name}"
            for rule in self.ruleset.rules
            for name in self.routes.unknown(rule.rule.notify)
        ]


def make(config: Config, clock: Clock) -> Plan:
    """Raises InputError with what is wrong; connects to nothing."""
    ruleset = rules.load(config.rules, config.overrides)
    channels = config.make_channels(clock)
    written = config.channels
    routes = Routes(
        written.routes, channels=[each.name for each in channels], default=written.default
    )
    plan = Plan(config=config, ruleset=ruleset, channels=channels, routes=routes)
    plan.make_mutes()  # a circle is found here
    return plan


def kitchen(config: Config) -> Kitchen:
    """What recordings are played with: the rules and rooms that are in force now."""
    main = config.main
    return Kitchen(
        folders=config.recordings,
        rules=config.rules,
        overrides=config.overrides.items,
        profiles=list(main.profiles().values()),
        core=core(config),
        phrases=config.phrases,
    )


def escalation(config: Config, dispatch: Dispatch, describe: Describe) -> Escalation:
    """What tells more people of what nobody acknowledges."""
    written = config.oncall
    return Escalation(
        written.escalations,
        written.rota(config.main.daemon.timezone),
        why_quiet=dispatch.why_hushed,
        describe=describe,
        console_url=config.channels.notices.console_url,
    )


def recorder(config: Config, clock: Clock) -> Recorder | None:
    """What keeps what is heard; None where nobody asked for it."""
    if config.record is None:
        return None
    make_folder(config.record, "[record] folder")
    settings = config.main.record
    return Recorder(config.record, clock, days=settings.days, max_bytes=settings.max_bytes)


def core(config: Config) -> Settings:
    """What the core is told."""
    engine = config.main.engine
    return Settings(**{name: getattr(engine, name) for name in Settings.__struct_fields__})


def make_folder(path: pathlib.Path, key: str = "[daemon] state") -> None:
    """Raises ConfigError where it can not be made, with the key that names another one."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)  # notices name customers
    except OSError as error:
        raise ConfigError(
            f"can not make the folder {path}: {error.strerror} — write another one into"
            f" {key}, or give us the right to write there"
        ) from None


def needs_restart(before: Config, after: Config) -> list[str]:
    """Which of the changed settings are not in force until the daemon is started anew."""
    found = []
    if before.state != after.state:
        found.append("[daemon] state")
    for name in UNTIL_RESTART:
        old, new = getattr(before.main, name), getattr(after.main, name)
        if dict(_fixed(old)) != dict(_fixed(new)):
            found.append(f"[{name}]")
    return found


def _fixed(section: Any) -> Iterator[tuple[str, Any]]:
    for name in section.__struct_fields__:
        if name not in READ_AGAIN:
            yield name, getattr(section, name)
