"""`roomwatch kinds`: the language of rules, as lines and as the page .github/RULES.md."""

from __future__ import annotations

import argparse
import inspect
import sys

import msgspec
from msgspec import NODEFAULT, UNSET

from monitor.errors import MonitorError
from monitor.rules import parameters
from monitor.rules.columns import OF_TOGETHER
from monitor.rules.compiled import KINDS
from monitor.rules.kinds.kind import Rule
from monitor.rules.kinds.unknown import Unknown
from monitor.shapes import suggest

ABOUT = """\
# The language of rules

Made by `roomwatch kinds --markdown`; a test holds it to the code.

A file in `rules/` is a list of rules; `x_test.yaml` beside `x.yaml` are their tests. It is a
small, plain part of YAML 1.2: no anchors, aliases or tags, words stay words (`no`, `on`,
`1:30`), and every mistake is told with its line, its column and what to write. `roomwatch
check` is the loader itself, `roomwatch explain RULE --room R` shows each term of a rule now
and what is missing for it to fire, of a running daemon or (`--recording FILE --at 12m`) of a
recording.
"""
EXPRESSIONS = """\
## Conditions

Figures by their names ([METRICS.md](METRICS.md)), numbers, `true` and `false`, `+ - * /`,
`< <= > >= == !=` also in chains (`1 < x < 5`), `and or not`, brackets, and the functions
`abs min max clip(value, lowest, highest)`. A word is compared in quotes:
`segment == "hook"`. At most 500 characters, 120 parts and 24 levels.

Truth has three values. What is unknown (a feed that was never heard, a window with a hole in
it, a division by zero) is neither true nor false, and so is what depends on it:
`a and b` fails where one of them fails, whatever the other is; else it is unknown where one of
them is. An unknown condition neither fires nor resolves anything.
"""
STATES = """\
## The life of an alert

| | it holds | it does not | unknown |
|---|---|---|---|
| quiet | pending, or firing where `for` is 0 | quiet | quiet |
| pending | firing once it held for `for` | quiet, and nobody was told | its clock stands |
| firing | firing | recovering | firing |
| recovering | firing | resolved once it did not hold for `keep` | its clock stands |

An alert is known by `rule|room` (`rule|room|sku`, `rule|room|segment`, `rule||platform`,
`rule||`), each time it fires is an episode, and one that becomes worse while it fires ends
its episode and begins another. Edits of words keep everything; an edit of the question keeps
what fires and asks what is pending anew; the alerts of a rule that is taken out resolve, and
say so. Files with a mistake leave the old rules in force and are an alert of their own
(`rules_invalid`). A rule that throws, which is a mistake of ours, is unknown for that tick; after
three ticks in a row it is switched off until the next reload, and that is an alert, too
(`rules_broken`): the others go on. A restart goes on with what was pending and firing: time
away counts for no `for`, and nothing ends before the windows it reads are whole again.
"""
TOGETHER = " and ".join(f"`{name}` ({about})" for name, about in OF_TOGETHER.items())
SCOPES = f"""\
## Scopes

| scope | a row for each | figures |
|---|---|---|
| `room` | room | its own |
| `product` | product of a room | its own and those of its room |
| `segment` | part of a room's script, while the host is in it | those of the room |
| `platform` | platform: its rooms that are live, together | counts added up, ratios of the sums |
| `all` | all rooms that are live, together | the same |

Together there are also {TOGETHER}.
A person in two rooms counts twice, and money of two currencies is unknown.
"""
FIELDS = {
    "id": "stable: alerts, mutes and tests know the rule by it",
    "scope": "what it is asked of, see Scopes",
    "params": "numbers and spans by name: `{floor: 0.08, patience: 30s}`, see Parameters",
    "only_when": "asked of nobody else: `live and online > 100`",
    "off_air": "true: asked of rooms whose broadcast has ended, too; only of rooms",
    "clear": "a firing alert ends when this is true; where it is left out, when `when` is not",
    "for": "how long it must hold before it fires",
    "keep_for": "the same as `keep`",
    "keep": "how long it goes on after it held last",
    "missing": "what unknown means: `hold` nothing, `ok` that it does not hold, `alert` nothing,"
    " and where it lasts that is an alert `id.unknown` of its own",
    "missing_for": "how long that is",
    "severity": "critical, warning, notice, info, or data_lost",
    "ttl": "a notice of it is worth nothing after that",
    "role": "who acts",
    "action": "what they do",
    "playbook": "and how, step by step",
    "summary": "a template: `{{ name | filter }}`; filters pct, secs, int, money, round, zh",
    "notify": "channels that are told, whatever the routes say",
    "act": "what is done by itself: names of `[[actions]]` in the config",
    "inhibits": "rules that tell nobody in the room while this one fires; names may hold `*`",
    "inhibited_by": "the same from the other side",
    "flap": "`{times: 4, within: 5m, calm: 2m}`: one that fires so often goes on until it is calm",
    "realert": "`{every: 60s, factor: 2, cap: 5m}`: told again while nobody acknowledges it",
}


def kinds(arguments: argparse.Namespace) -> int:
    if arguments.markdown:
        print(page(), end="")
        return 0
    written = {tag(kind): kind for kind in KINDS if kind is not Unknown}
    if arguments.kind is None:
        for name in sorted(written):
            print(_doc(written[name]).partition("\n")[0])
        return 0
    if arguments.kind not in written:
        raise MonitorError(f"unknown kind `{arguments.kind}` — {suggest(arguments.kind, written)}")
    print(_doc(written[arguments.kind]), end="\n\n")
    for name, default in own_fields(written[arguments.kind]).items():
        print(f"  {name:12} {default}")
    return 0


def page() -> str:
    """All of it in Markdown."""
    rows = "".join(
        f"| `{name}` | {about.replace('|', chr(92) + '|')} | {_default(name)} |\n"
        for name, about in FIELDS.items()
    )
    common = f"## Every rule\n\n| field | what | where it is left out |\n|---|---|---|\n{rows}"
    told = "## Parameters\n\n" + _as_markdown(_text(parameters.__doc__).partition("\n\n")[2])
    parts = [ABOUT, common, EXPRESSIONS, SCOPES, STATES, told + "\n", "## Kinds\n"]
    for kind in sorted((kind for kind in KINDS if kind is not Unknown), key=tag):
        head, _, rest = _doc(kind).partition("\n\n")
        name, _, about = head.partition(": ")
        fields = ", ".join(f"`{each}` {value}".strip() for each, value in own_fields(kind).items())
        parts.append(f"### {name}\n\n{about}\n\n{_as_markdown(rest)}\n\nFields: {fields}.\n")
    return "\n".join(parts)


def tag(kind: type[Rule]) -> str:
    return str(kind.__struct_config__.tag)


def own_fields(kind: type[Rule]) -> dict[str, str]:
    """The fields that only this kind has, each with what it is where it is left out."""
    common = {field.name for field in msgspec.structs.fields(Rule)}
    return {
        field.encode_name: _shown(field.default)
        for field in msgspec.structs.fields(kind)
        if field.name not in common
    }


def _default(name: str) -> str:
    field = next(each for each in msgspec.structs.fields(Rule) if each.encode_name == name)
    return _shown(field.default).strip("()") if field.default is not NODEFAULT else ""


def _shown(default: object) -> str:
    if default is NODEFAULT:
        return "(must be there)"
    if default in (None, UNSET, "", ()):
        return ""
    if isinstance(default, msgspec.Struct):
        inner = ", ".join(f"{k}: {v}" for k, v in msgspec.structs.asdict(default).items())
        return f"({{{inner}}})"
    return f"({', '.join(map(str, default)) if isinstance(default, tuple) else default})"


def _doc(kind: type[Rule]) -> str:
    """What the module of a kind says of it."""
    return _text(sys.modules[kind.__module__].__doc__)


def _text(doc: str | None) -> str:
    assert doc, "every module begins with what it is for"
    return inspect.cleandoc(doc)


def _as_markdown(text: str) -> str:
    """Indented parts become code."""
    parts = []
    for part in text.split("\n\n"):
        if part.startswith("    "):
            plain = "\n".join(line.removeprefix("    ") for line in part.split("\n"))
            parts.append(f"```yaml\n{plain}\n```")
        else:
            parts.append(part)
    return "\n\n".join(parts)
