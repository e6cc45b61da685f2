"""What an expression is made of, and how a text that is none is refused."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from monitor.errors import MonitorError


class ExpressionError(MonitorError):
    """A text that is no expression; the rule loader gives it a file and a line.

    `column` is 1-based in the text, `message` what is wrong, `remedy` what to write.
    """

    def __init__(self, column: int, message: str, remedy: str) -> None:
        super().__init__(f"{message} — {remedy}")
        self.column = column
        self.message = message
        self.remedy = remedy


class Node(Struct, frozen=True):
    """A part of an expression; it was written at text[start:end]."""

    start: int
    end: int


class Number(Node, frozen=True):
    """A number, always finite."""

    value: float


class Column(Node, frozen=True):
    """A name whose values are looked up."""

    name: str


class Quoted(Node, frozen=True):
    """A word of an enumeration; stands only beside the name it belongs to."""

    word: str


class Negative(Node, frozen=True):
    """Minus a number."""

    operand: Node


class Arithmetic(Node, frozen=True):
    """Two numbers and one of + - * /."""

    sign: str
    left: Node
    right: Node


class Call(Node, frozen=True):
    """One of FUNCTIONS over numbers."""

    function: str
    arguments: tuple[Node, ...]


class Flag(Node, frozen=True):
    """true or false."""

    value: bool


class Comparison(Node, frozen=True):
    """Pairs that must all hold: `a < b <= c` is (<, a, b) and (<=, b, c)."""

    pairs: tuple[tuple[str, Node, Node], ...]


class Not(Node, frozen=True):
    """The opposite of a condition."""

    operand: Node


class Junction(Node, frozen=True):
    """Conditions joined by one word, "and" or "or"."""

    word: str
    operands: tuple[Node, ...]


CONDITIONS: tuple[type[Node], ...] = (Flag, Comparison, Not, Junction)


def columns(tree: Node) -> tuple[str, ...]:
    """The names a tree uses, sorted."""
    return tuple(sorted({node.name for node in _parts(tree) if isinstance(node, Column)}))


def terms(node: Node) -> Iterator[Node]:
    """The comparisons and bare names of a condition, in the order they are written."""
    match node:
        case Not():
            yield from terms(node.operand)
        case Junction():
            for operand in node.operands:
                yield from terms(operand)
        case Comparison() | Column() if columns(node):
            yield node


def written(term: Node, source: str) -> str:
    """How one of the terms is written, without brackets around all of it."""
    match term:
        case Column():
            return term.name
        case Comparison():
            return source[term.pairs[0][1].start : term.pairs[-1][2].end]
    return source[term.start : term.end]


def _parts(node: Node) -> Iterator[Node]:
    yield node
    for part in _inside(node):
        yield from _parts(part)


def _inside(node: Node) -> tuple[Node, ...]:
    match node:
        case Negative() | Not():
            return (node.operand,)
        case Arithmetic():
            return (node.left, node.right)
        case Call():
            return node.arguments
        case Junction():
            return node.operands
        case Comparison():
            return tuple(side for _, left, right in node.pairs for side in (left, right))
    return ()
