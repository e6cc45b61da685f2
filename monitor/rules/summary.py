"""What people read of an alert: a template, checked when it is loaded, safe when it is not.

    summary: "{{ product }} 预计 {{ sellout_s | secs }} 后售罄(余 {{ stock | int }})"

Names are the metrics of the rule's scope, what its kind gives, and room, room_name,
platform, product, incident (what people complain about) and wording (which forbidden terms
were used last); the last two are empty in a rule that does not ask of them.
An unknown value reads "—". Filters: pct (0.25 → 25.0 %), secs, int,
money (minor units), round, zh (our own words in Chinese). A template that fails at run
time gives plain text instead: silence would be worse.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.durations import spell
from monitor.rules.conditions import ProblemError
from monitor.shapes import suggest

UNKNOWN = "—"
ABOUT = ("room", "room_name", "platform", "product", "incident", "wording")


def _told(show: Callable[[float], str]) -> Callable[[object], str]:
    def show_or_dash(value: object) -> str:
        return UNKNOWN if not isinstance(value, int | float) else show(float(value))

    return show_or_dash


def _plain(value: object) -> object:
    if value is None:
        return UNKNOWN
    return f"{value:g}" if isinstance(value, float) else value


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, finalize=_plain
)
_ENVIRONMENT.filters.clear()
ZH = {
    "hook": "钩子", "push": "强推", "benefit": "福利", "other": "其他",
    "overrun": "超时", "soon": "即将超时", "skipped": "前一段被跳过", "out of order": "顺序错了",
    "any": "全部消息", "comments": "评论", "likes": "点赞", "enters": "进场", "viewers": "在线人数",
    "clicks": "商品点击", "orders": "订单", "stock": "库存",
}  # fmt: skip

_ENVIRONMENT.filters.update(
    zh=lambda word: ZH.get(word, word) if isinstance(word, str) else UNKNOWN,
    pct=_told(lambda value: f"{value:.1%}"),
    secs=_told(lambda value: spell(round(max(value, 0.0)))),
    int=_told(lambda value: f"{value:,.0f}"),
    money=_told(lambda value: f"{value / 100:,.2f}"),
    round=_told(lambda value: f"{value:.1f}"),
)
_ENVIRONMENT.globals.clear()


@lru_cache(maxsize=4096)  # a reload makes the same ones again
def _template(text: str) -> tuple[Template, frozenset[str]]:
    """A template and the names it uses. Raises TemplateError."""
    tree = _ENVIRONMENT.parse(text)
    used = frozenset(meta.find_undeclared_variables(tree))
    return _ENVIRONMENT.from_string(tree), used


class Summary:
    """A compiled template."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        """Raises ProblemError for what would fail later."""
        known = {*names, *ABOUT}
        try:
            self._template, used = _template(text)
        except TemplateError as error:
            said = str(error).partition("\n")[0].rstrip(".")
            remedy = "write for example `{{ online | int }}`"
            raise ProblemError(("summary",), f"not a template: {said} — {remedy}") from None
        for name in sorted(used - known):
            raise ProblemError(("summary",), f"unknown value `{name}` — {suggest(name, known)}")
        self.used = tuple(sorted(used - set(ABOUT)))
        self._plain = None if "{" in text else text.strip()  # there is nothing to fill in
        self.failures = 0

    def render(self, rule: str, values: Mapping[str, object]) -> str:
        """The text for people; plain names and values where the template fails."""
        if self._plain is not None:
            return self._plain
        try:
            return self._template.render(dict(values)).strip()
        except (TemplateError, ArithmeticError, TypeError, ValueError):
            self.failures += 1
            return f"{rule}: " + ", ".join(f"{name} {value}" for name, value in values.items())
