"""Which names an expression may use, and what may stand where: numbers, conditions, words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import NamedTuple, Never, TypeAlias

from monitor.rules.tokens import Token, shortened
from monitor.rules.tree import CONDITIONS, Call, Column, ExpressionError, Flag, Node, Number, Quoted

FUNCTIONS = {"abs": (1, 1), "min": (2, 16), "max": (2, 16), "clip": (3, 3)}  # fewest, most values

STATES = ("firing", "pending", "acked", "firing_s")  # functions of another rule's id

Enums: TypeAlias = Mapping[str, Mapping[str, float]]


class Given(NamedTuple):
    """What one rule may name beside columns.

    `params` are numbers by name, or the columns that hold them; `rules` are the ids that
    STATES may be asked of, None where they may not be asked at all.
    """

    params: Mapping[str, float | str] = {}
    rules: Collection[str] | None = None


REFUSED_WORDS = {
    "True": "write `true`",
    "False": "write `false`",
    "AND": "write `and`",
    "OR": "write `or`",
    "NOT": "write `not`",
    **dict.fromkeys(("yes", "on", "Yes", "On", "YES", "ON"), "write `true`"),
    **dict.fromkeys(("no", "off", "No", "Off", "NO", "OFF"), "write `false`"),
    "is": "write `==` or `!=`",
    "in": "compare with each: `x == 1 or x == 2`",
    "if": "join conditions with `and`, `or`, `not`",
    "else": "join conditions with `and`, `or`, `not`",
    "for": "how long it must hold is the rule's own `for:`",
    "None": "leave it out: what is unknown is neither true nor false",
    "null": "leave it out: what is unknown is neither true nor false",
    "nan": "leave it out: what is unknown is neither true nor false",
}


_NOTHING = Given()


class Vocabulary:
    """The names of one place in the rules. Every method raises ExpressionError."""

    def __init__(
        self, text: str, names: Collection[str], enums: Enums, given: Given = _NOTHING
    ) -> None:
        self._text = text
        self._names = frozenset(names)
        self._enums = enums
        self._given = given

    def column(self, token: Token) -> Column | Number:
        """The column or the parameter that a name stands for."""
        value = self._given.params.get(token.text)
        if value is not None:
            end = token.start + len(token.text)
            if isinstance(value, str):
                return Column(token.start, end, value)
            return Number(token.start, end, value)
        if token.text in self._names or token.text in self._enums:
            return Column(token.start, token.start + len(token.text), token.text)
        remedy = REFUSED_WORDS.get(token.text)
        if remedy is None and token.text in FUNCTIONS:
            remedy = f"call it with values in brackets: {token.text}(…)"
        if remedy is None:
            known = self._names | self._enums.keys() | self._given.params.keys()
            remedy = _meant(token.text, known)
        raise ExpressionError(
            token.start + 1,
            f"unknown name `{shortened(token.text)}`",
            remedy or "`roomwatch metrics` lists the names there are",
        )

    def state(self, function: Token, rule: Token, end: int) -> Column:
        """What another rule says, `firing(stock_out)`, as a column of that name."""
        known = self._given.rules
        if known is None:
            raise ExpressionError(
                function.start + 1,
                f"`{function.text}` asks of another rule",
                "write a rule of its own with `kind: composite`",
            )
        name = rule.text[1:-1] if rule.kind == "quoted" else rule.text
        if name not in known:
            raise ExpressionError(
                rule.start + 1,
                f"unknown rule `{shortened(name)}`",
                _meant(name, known) or "write the id of a rule",
            )
        return Column(function.start, end, f"{function.text}({name})")

    def function(self, token: Token) -> str:
        """The function a name stands for."""
        if token.text not in FUNCTIONS:
            raise ExpressionError(
                token.start + 1,
                f"`{shortened(token.text)}` is not a function",
                _meant(token.text, FUNCTIONS) or f"call {_listed(FUNCTIONS)}",
            )
        return token.text

    def call(self, call: Call) -> Call:
        """The call, if its function takes so many values."""
        fewest, most = FUNCTIONS[call.function]
        if not fewest <= len(call.arguments) <= most:
            wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            raise ExpressionError(
                call.start + 1,
                f"`{call.function}` takes {wanted} value{'s' * (most > 1)},"
                f" not {len(call.arguments)}",
                "write clip(value, lowest, highest)"
                if call.function == "clip"
                else "separate values by commas",
            )
        return call

    def pair(self, token: Token, left: Node, right: Node) -> tuple[str, Node, Node]:
        """Two values that are compared; a word becomes its code."""
        for column, word, flip in ((left, right, False), (right, left, True)):
            if not (isinstance(column, Column) and column.name in self._enums):
                continue
            if not (isinstance(word, Quoted) and token.text in {"==", "!="}):
                self._refuse_enum(column)
            code = Number(word.start, word.end, self._code(column.name, word))
            return (token.text, code, column) if flip else (token.text, column, code)
        if isinstance(left, Flag) or isinstance(right, Flag):
            raise ExpressionError(
                token.start + 1,
                "true and false are not compared",
                "write the name alone, or `not` before it",
            )
        return token.text, self.number(left), self.number(right)

    def _code(self, name: str, word: Quoted) -> float:
        codes = self._enums[name]
        if word.word not in codes:
            raise ExpressionError(
                word.start + 1,
                f"`{name}` is never `{shortened(word.word)}`",
                _meant(word.word, codes) or f"write one of {_listed(codes)}",
            )
        return float(codes[word.word])

    def condition(self, node: Node) -> Node:
        """The node, if it stands for a condition."""
        if isinstance(node, Column) and node.name in self._enums:
            self._refuse_enum(node)
        if isinstance(node, (Column, *CONDITIONS)):
            return node
        written = shortened(self._text[node.start : node.end])
        raise ExpressionError(
            node.start + 1,
            f"`{written}` is not a condition",
            "compare it, for example with `> 0`",
        )

    def number(self, node: Node) -> Node:
        """The node, if it stands for a number."""
        if isinstance(node, Column) and node.name in self._enums:
            self._refuse_enum(node)
        if isinstance(node, Quoted):
            remedy = "quote only a word that a name is compared with by `==` or `!=`"
            raise ExpressionError(
                node.start + 1, f"`{shortened(node.word)}` in quotes is not a number", remedy
            )
        if isinstance(node, CONDITIONS):
            written = shortened(self._text[node.start : node.end])
            raise ExpressionError(
                node.start + 1,
                f"`{written}` is a condition, not a number",
                "join conditions with `and`, `or`, `not`",
            )
        return node

    def _refuse_enum(self, node: Column) -> Never:
        codes = self._enums[node.name]
        raise ExpressionError(
            node.start + 1,
            f"`{node.name}` is a " + (f"word, one of {_listed(codes)}" if codes else "text"),
            f'compare it: {node.name} == "{next(iter(codes), "…")}"',
        )


def _meant(word: str, known: Collection[str]) -> str | None:
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else None


def _listed(words: Collection[str]) -> str:
    return ", ".join(f"`{word}`" for word in list(words)[:12])
