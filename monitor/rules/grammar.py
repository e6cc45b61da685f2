"""The text of an expression becomes a tree, or a mistake with its column and its remedy.

    condition   conjunction { "or" conjunction }
    conjunction denial { "and" denial }
    denial      "not" denial | comparison
    comparison  sum { ("<" | "<=" | ">" | ">=" | "==" | "!=") sum }
    sum         product { ("+" | "-") product }
    product     factor { ("*" | "/") factor }
    factor      ("-" | "+") factor | number | name | quoted | call | "(" condition ")"
    call        ("abs" | "min" | "max" | "clip") "(" sum { "," sum } ")"
                | ("firing" | "pending" | "acked" | "firing_s") "(" rule ")"

It reads as Python does, a chained comparison included, but it is not Python:
what is not in these lines has no meaning here. A name is a column; it may stand
for a condition (not zero) unless it is an enumeration, which can only be
compared with one of its own words in quotes. A text has at most 500 characters,
120 nodes and a depth of 24.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection

from msgspec.structs import replace

from monitor.rules.tokens import Token, shortened, tokens
from monitor.rules.tree import (
    Arithmetic,
    Call,
    Comparison,
    ExpressionError,
    Flag,
    Junction,
    Negative,
    Node,
    Not,
    Number,
    Quoted,
)
from monitor.rules.vocabulary import REFUSED_WORDS, STATES, Enums, Given, Vocabulary

LONGEST = 500
MOST_NODES = 120
DEEPEST = 24

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
WORDS = frozenset({"and", "or", "not", "true", "false"})


def parse_condition(
    text: str, names: Collection[str], enums: Enums, given: Given | None = None
) -> Node:
    """Read a condition. Raises ExpressionError."""
    parser = _Parser(text, names, enums, given or Given())
    return parser.whole(parser.condition)


def parse_value(
    text: str, names: Collection[str], enums: Enums, given: Given | None = None
) -> Node:
    """Read a number. Raises ExpressionError."""
    parser = _Parser(text, names, enums, given or Given())
    return parser.whole(parser.number)


class _Parser:
    def __init__(self, text: str, names: Collection[str], enums: Enums, given: Given) -> None:
        if len(text) > LONGEST:
            raise ExpressionError(
                LONGEST + 1,
                f"longer than {LONGEST} characters",
                "split the rule in two, or join rules in a composite",
            )
        self._text = text
        self._vocabulary = Vocabulary(text, names, enums, given)
        self._tokens = list(tokens(text))
        self._next = 0
        self._nodes = 0
        self._depth = 0

    def whole(self, read: Callable[[], Node]) -> Node:
        """What `read` reads, and nothing after it."""
        if self._peek().kind == "end":
            raise ExpressionError(1, "nothing is written here", "write for example `online > 100`")
        node = read()
        token = self._peek()
        if token.kind != "end":
            remedy = REFUSED_WORDS.get(token.text, "join conditions with `and` or `or`")
            raise ExpressionError(
                token.start + 1, f"`{shortened(token.text)}` does not belong here", remedy
            )
        return node

    def condition(self) -> Node:
        """A condition, refusing a number."""
        return self._vocabulary.condition(self._any())

    def number(self) -> Node:
        """A number, refusing a condition."""
        return self._vocabulary.number(self._any())

    def _any(self) -> Node:
        return self._joined("or", lambda: self._joined("and", self._denial))

    def _joined(self, word: str, part: Callable[[], Node]) -> Node:
        operands = [part()]
        while self._take(word):
            operands.append(part())
        if len(operands) == 1:
            return operands[0]
        checked = tuple(self._vocabulary.condition(operand) for operand in operands)
        return self._made(Junction(checked[0].start, checked[-1].end, word, checked))

    def _denial(self) -> Node:
        token = self._peek()
        if not self._take("not"):
            return self._comparison()
        operand = self._vocabulary.condition(self._deeper(self._denial, token))
        return self._made(Not(token.start, operand.end, operand))

    def _comparison(self) -> Node:
        operand = first = self._sum()
        pairs: list[tuple[str, Node, Node]] = []
        while self._peek().text in COMPARISONS:
            token = self._advance()
            right = self._sum()
            pairs.append(self._vocabulary.pair(token, operand, right))
            operand = right
        if not pairs:
            return first
        return self._made(Comparison(first.start, operand.end, tuple(pairs)))

    def _sum(self) -> Node:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._factor))

    def _chain(self, signs: tuple[str, str], part: Callable[[], Node]) -> Node:
        left = part()
        while self._peek().kind == "sign" and self._peek().text in signs:
            sign = self._advance().text
            left, right = self._vocabulary.number(left), self._vocabulary.number(part())
            left = self._made(Arithmetic(left.start, right.end, sign, left, right))
        return left

    def _factor(self) -> Node:
        token = self._advance()
        if token.text in {"-", "+"}:
            operand = self._vocabulary.number(self._deeper(self._factor, token))
            if token.text == "+":
                return operand
            return self._made(Negative(token.start, operand.end, operand))
        if token.text == "(":
            inner = self._deeper(self._any, token)
            return replace(inner, start=token.start, end=self._close(token))
        return self._made(self._leaf(token))

    def _leaf(self, token: Token) -> Node:
        start, end = token.start, token.start + len(token.text)
        match token.kind:
            case "number":
                value = float(token.text.replace("_", ""))
                if not math.isfinite(value):
                    raise ExpressionError(
                        token.start + 1, "a number too large to count with", "write a smaller one"
                    )
                return Number(start, end, value)
            case "quoted":
                return Quoted(start, end, token.text[1:-1])
            case "name" if token.text in {"true", "false"}:
                return Flag(start, end, token.text == "true")
            case "name" if self._peek().text == "(" and token.text not in WORDS:
                return self._call(token)
            case "name" if token.text not in WORDS:
                return self._vocabulary.column(token)
        raise ExpressionError(
            token.start + 1,
            f"`{token.text}` stands where a value is expected" if token.text else "ends too early",
            "write a name or a number" + (" here" if token.text else " at the end"),
        )

    def _call(self, token: Token) -> Node:
        if token.text in STATES:
            return self._state(token)
        function = self._vocabulary.function(token)
        opening = self._advance()
        arguments = [self._vocabulary.number(self._deeper(self._any, opening))]
        while self._take(","):
            arguments.append(self._vocabulary.number(self._deeper(self._any, opening)))
        call = Call(token.start, self._close(opening), function, tuple(arguments))
        return self._vocabulary.call(call)

    def _state(self, function: Token) -> Node:
        opening, rule = self._advance(), self._peek()
        if rule.kind not in ("name", "quoted"):
            raise ExpressionError(
                rule.start + 1, "the id of a rule is missing", f"write {function.text}(its_id)"
            )
        self._advance()
        return self._vocabulary.state(function, rule, self._close(opening))

    def _deeper(self, read: Callable[[], Node], token: Token) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(
                token.start + 1, f"more than {DEEPEST} levels deep", "write fewer brackets"
            )
        node = read()
        self._depth -= 1
        return node

    def _made(self, node: Node) -> Node:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise ExpressionError(
                node.start + 1,
                f"more than {MOST_NODES} names, numbers and signs",
                "split the rule in two, or join rules in a composite",
            )
        return node

    def _close(self, opening: Token) -> int:
        token = self._peek()
        if not self._take(")"):
            raise ExpressionError(
                token.start + 1,
                f"`{shortened(token.text)}` stands where `)` is expected"
                if token.text
                else "a bracket is not closed",
                f"close the bracket of column {opening.start + 1}",
            )
        return token.start + 1

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _advance(self) -> Token:
        token = self._tokens[self._next]
        self._next += token.kind != "end"
        return token

    def _take(self, text: str) -> bool:
        token = self._peek()
        taken = token.text == text
        self._next += taken
        return taken
