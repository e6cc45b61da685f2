"""Alerts of our own: files that were refused, and rules that were switched off."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from monitor.alerts.alert import Change
from monitor.alerts.record import OwnAlert
from monitor.engines.host import Host

log = structlog.get_logger()

REFUSED: dict[OwnAlert, str] = {
    "rules_invalid": "规则文件有 {} 处错误,仍按旧规则运行:",
    "config_invalid": "配置有 {} 处错误,仍按旧配置运行:",
}
CORRECT = "改正后重新加载(SIGHUP);`roomwatch check` 列出全部错误"
BROKEN = "{} 条规则出错,已停用({});其余规则照常运行。{}"
REPORT = "把日志里的错误报告给开发者;重新加载(SIGHUP)会再试一次"
SHOWN = 5


class Own:
    """Those of a host."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._broken: set[str] = set()  # rules, as people were told

    def refused(self, what: OwnAlert, mistakes: Sequence[str], now: float) -> list[Change]:
        """Files were not put in force."""
        summary = REFUSED[what].format(len(mistakes)) + (mistakes[0] if mistakes else "")
        return self._host.own.say(what, summary, CORRECT, now)

    def read_anew(self, now: float) -> list[Change]:
        """All files were."""
        changes = []
        for each in REFUSED:
            changes += self._host.own.unsay(each, "the files are right again", now)
        return changes + self.broken(now)

    def broken(self, now: float) -> list[Change]:
        """Rules that were switched off because they threw, where they are others than before."""
        broken = self._host.broken
        if broken.keys() == self._broken:
            return []
        for rule in sorted(broken.keys() - self._broken):
            log.error("a rule threw, and is asked no more", rule=rule, trouble=broken[rule])
        self._broken = set(broken)
        if not broken:
            return self._host.own.unsay("rules_broken", "the rules were read anew", now)
        names = sorted(broken)
        shown = "、".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
        what = broken[names[0]].strip().rpartition("\n")[2]
        summary = BROKEN.format(len(names), shown, what)
        return self._host.own.say("rules_broken", summary, REPORT, now)
