"""How the rules are: which are in force, what fires, and what is wrong with them.

A reload that was refused is told until one is taken: what people edited is not in force.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from monitor.alerts.alert import Alert
from monitor.daemon.plan import Plan
from monitor.errors import MonitorError

TOLD = 50  # mistakes of a refused reload


class Rulebook:
    """What the page of health tells of rules."""

    def __init__(self) -> None:
        self._ready: Plan | None = None
        self._loaded_at: float | None = None
        self._refused_at: float | None = None
        self._mistakes: list[str] = []

    def in_force(self, ready: Plan, now: float) -> None:
        """These are asked from now on."""
        self._ready, self._loaded_at = ready, now
        self._refused_at, self._mistakes = None, []

    def refused(self, error: MonitorError, now: float) -> None:
        """A reload was not taken."""
        self._refused_at = now
        self._mistakes = str(error).splitlines()[:TOLD]

    def worries(self) -> list[str]:
        """What somebody should look at, in words."""
        found = []
        if self._mistakes:
            found.append(f"rules: the last reload was refused (mistakes: {len(self._mistakes)})")
        failed = [rule.id for rule in self._rules if rule.summary.failures]
        if failed:
            found.append(f"rules: the summary fails of {', '.join(failed)}")
        broken = [rule.id for rule in self._rules if rule.faults.off]
        if broken:
            found.append(f"rules: switched off, for they threw: {', '.join(broken)}")
        return found

    def figures(self, alerts: Iterable[Alert]) -> dict[str, Any]:
        """Ready for JSON: rules with errors first."""
        states = Counter((alert.rule, alert.state) for alert in alerts)
        rules = [
            {
                "rule": rule.id,
                "severity": rule.rule.severity,
                "firing": states[rule.id, "firing"] + states[rule.id, "recovering"],
                "pending": states[rule.id, "pending"],
                "failures": rule.summary.failures,
                "trouble": rule.faults.what,
                "unknown_channels": self._unknown(rule.id),
            }
            for rule in self._rules
        ]
        rules.sort(
            key=lambda each: not (each["failures"] or each["trouble"] or each["unknown_channels"])
        )
        return {
            "in_force": len(rules),
            "loaded_at": self._loaded_at,
            "refused_at": self._refused_at,
            "mistakes": self._mistakes,
            "rules": rules,
        }

    @property
    def _rules(self) -> tuple[Any, ...]:
        return self._ready.ruleset.rules if self._ready else ()

    def _unknown(self, rule: str) -> list[str]:
        assert self._ready is not None, "there is a rule"
        return [
            asked.partition(": ")[2]
            for asked in self._ready.unknown_channels()
            if asked.startswith(f"{rule}: ")
        ]
