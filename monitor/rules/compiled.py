"""One rule, checked and ready to be asked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from msgspec import Struct

from monitor.rules.columns import PRODUCT_NAMES, ROOM_NAMES
from monitor.rules.conditions import Compiler, ProblemError
from monitor.rules.expression import Condition
from monitor.rules.faults import Faults
from monitor.rules.kinds.absence import Absence, AbsenceAsker
from monitor.rules.kinds.baseline import Baseline, BaselineAsker
from monitor.rules.kinds.burn_rate import BurnRate, BurnRateAsker
from monitor.rules.kinds.change import Change, ChangeAsker
from monitor.rules.kinds.composite import Composite, CompositeAsker
from monitor.rules.kinds.forecast import Forecast, ForecastAsker
from monitor.rules.kinds.kind import Asker, Columns, Rule, Value, read
from monitor.rules.kinds.sequence import Sequence as SequenceRule
from monitor.rules.kinds.sequence import sequence_asker
from monitor.rules.kinds.stale import Stale, StaleAsker
from monitor.rules.kinds.threshold import Threshold, ThresholdAsker
from monitor.rules.kinds.unknown import Unknown, UnknownAsker
from monitor.rules.parameters import Override, Overrides, Parameter, amount
from monitor.rules.summary import Summary
from monitor.rules.vocabulary import Given

AnyRule = (
    Absence | Baseline | BurnRate | Change | Composite | Forecast | SequenceRule | Stale | Threshold
)
KINDS: dict[type[Rule], Callable[[Any, Compiler], Asker]] = {
    Absence: AbsenceAsker,
    Baseline: BaselineAsker,
    BurnRate: BurnRateAsker,
    Change: ChangeAsker,
    Composite: CompositeAsker,
    Forecast: ForecastAsker,
    SequenceRule: sequence_asker,
    Stale: StaleAsker,
    Threshold: ThresholdAsker,
    Unknown: UnknownAsker,
}
COSMETIC = frozenset(
    {
        "severity",
        "ttl",
        "role",
        "action",
        "playbook",
        "summary",
        "notify",
        "realert",
        "act",
        "inhibits",
        "inhibited_by",
    }
)  # edits of these do not touch what an alert remembers
OF_RULES = (Composite,)  # may ask of other rules


class Context(Struct, frozen=True):
    """What a rule is compiled with: the ids of all rules, and what the config overrides."""

    rules: Collection[str] = ()
    overrides: Overrides = Overrides()


class Compiled:
    """One rule, ready to be asked."""

    def __init__(self, rule: Rule, context: Context | None = None) -> None:
        """Raises ProblemError."""
        context = context or Context()
        self.rule = rule
        self.id = rule.id
        self.faults = Faults()
        self.params = _parameters(rule, context.overrides.items)
        given = Given(
            {each.name: each.given for each in self.params},
            context.rules if isinstance(rule, OF_RULES) else None,
        )
        compiler = Compiler(rule.scope, type(rule).columns(), given)
        self._spans(compiler)
        plain = Compiler(rule.scope, (), given)
        self.only_when: Condition | None = (
            plain.condition("only_when", rule.only_when) if rule.only_when else None
        )
        self.clear: Condition | None = (
            compiler.condition("clear", rule.clear) if rule.clear else None
        )
        self.conditions: dict[str, Condition] = {}
        if self.only_when is not None:
            self.conditions["only_when"] = self.only_when
        when = getattr(rule, "when", None)
        if when is not None:
            self.conditions["when"] = compiler.condition("when", when)
        if self.clear is not None:
            self.conditions["clear"] = self.clear
        self.asker: Asker = KINDS[type(rule)](rule, compiler)
        self._check_scope(compiler)
        asked = str(getattr(rule, "when", ""))
        self.of_incidents = "incident_level" in asked
        self.of_wording = "forbidden_terms" in asked
        self.summary = Summary(
            rule.summary or rule.id, {*compiler.names, *rule.told(), *given.params}
        )

    def _spans(self, compiler: Compiler) -> None:
        rule = self.rule
        self.for_s = compiler.duration("for", rule.for_)
        if rule.keep is not None and rule.keep_for is not None:
            raise ProblemError(
                ("keep",), "said twice, as `keep` and `keep_for` — leave one of them out"
            )
        keep = "keep" if rule.keep is not None else "keep_for"
        self.keep_s = compiler.duration(keep, rule.keep or rule.keep_for or type(rule).kept())
        self.ttl_s = compiler.duration("ttl", rule.ttl)
        compiler.duration("missing_for", rule.missing_for)
        if rule.off_air and rule.scope != "room":
            what = "only a room is asked of when it is not live — write `scope: room`"
            raise ProblemError(("off_air",), what)
        self.flap: tuple[int, float, float] | None = None  # times, within and calm seconds
        if rule.flap is not None:
            self.flap = (
                rule.flap.times,
                compiler.duration(("flap", "within"), rule.flap.within),
                compiler.duration(("flap", "calm"), rule.flap.calm),
            )
        self.realert: tuple[float, float, float] | None = None  # every, factor, cap
        if rule.realert is not None:
            every_s = compiler.duration(("realert", "every"), rule.realert.every)
            cap_s = compiler.duration(("realert", "cap"), rule.realert.cap)
            if every_s < 5.0:
                what = f"`{rule.realert.every}` is too often — write `5s` or more"
                raise ProblemError(("realert", "every"), what)
            self.realert = (every_s, rule.realert.factor, max(every_s, cap_s))

    def _check_scope(self, compiler: Compiler) -> None:
        known = {*compiler.names, *(each.column for each in self.params)}
        for name in self.asker.used:
            if name not in known and "(" not in name:
                wanted = "product" if name in PRODUCT_NAMES - ROOM_NAMES else "room"
                kind = self.rule.__struct_config__.tag
                what = f"`kind: {kind}` can not be asked there — write `scope: {wanted}`"
                raise ProblemError(("scope",), what)

    def figures(self, columns: Columns, row: int, known: Collection[str]) -> dict[str, Value]:
        """What its summary reads beside what is known already."""
        if not self.summary.used:
            return {}
        columns_of = {each.name: each for each in self.params}
        found: dict[str, Value] = {}
        for name in self.summary.used:
            if name in known:
                continue
            parameter = columns_of.get(name)
            if parameter is None:
                found.update(read(columns, (name,), row))
            elif parameter.others:
                found.update(read(columns, (parameter.column,), row))
            else:
                found[name] = parameter.value
        return found

    @property
    def asks_of(self) -> set[str]:
        """The ids of the rules that it asks of."""
        conditions = (self.only_when, self.clear)
        names = [*self.asker.used, *(name for each in conditions if each for name in each.names)]
        return {name.partition("(")[2][:-1] for name in names if "(" in name}

    def same_question(self, other: Compiled) -> bool:
        """Whether two versions of a rule ask the same, whatever they tell people."""
        if type(self.rule) is not type(other.rule) or self.params != other.params:
            return False
        return all(
            getattr(self.rule, name) == getattr(other.rule, name)
            for name in self.rule.__struct_fields__
            if name not in COSMETIC
        )


def _parameters(rule: Rule, overrides: Collection[Override]) -> tuple[Parameter, ...]:
    """Raises ProblemError for a number that is none, and for a name that means a figure."""
    found = []
    for name, written in rule.params.items():
        if not name.isidentifier() or not name.isascii():
            what = f"`{name}` is not a name — write letters, digits and `_`"
            raise ProblemError(("params", name), what)
        if name in PRODUCT_NAMES or name in type(rule).columns():
            raise ProblemError(("params", name), f"`{name}` is a metric — use another name")
        others = tuple(
            (each, amount(each.values[name]))
            for each in overrides
            if each.rule == rule.id and name in each.values
        )
        try:
            value = amount(written)
        except ValueError as error:
            what = f"{str(error).replace('; write', ' — write', 1)}, or a number"
            raise ProblemError(("params", name), what) from None
        found.append(Parameter(rule.id, name, value, others))
    return tuple(found)
