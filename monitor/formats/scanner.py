"""Tells the compiled scanner what facts look like, out of the Structs of events.py.

Kinds that are only counted become columns at once; of the others the Structs are made
while the blob is read. Where nothing is compiled, or a blob is not plain, there is no scan,
and msgspec reads it as it always did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.inspect import (
    BoolType,
    Field,
    FloatType,
    IntType,
    LiteralType,
    Metadata,
    NoneType,
    StrType,
    UnionType,
)

from monitor.events import KINDS, Event, Fact
from monitor.formats.wire import SMALL
from monitor.scanned import Scanned
from monitor.signals.grouping import CAPPED, FIELDS, LAYOUTS, LOOSE, NAMED, STAFF, TOTAL, UNTIMED
from monitor.speedups.loaded import compiled

WORD, TEXT, WHOLE, INSTANT, YES_OR_NO, CHOICE, NOT_HERE = range(7)  # as in speedups/scan.c
HASHED = frozenset(("room", "id", "user", "order", "currency", "source", "subject", "time"))
FLAGS = {
    "session": NAMED,
    "capped": CAPPED | LOOSE,
    "lower_bound": LOOSE,
    "is_host": STAFF,
    "is_moderator": STAFF,
}
CHOICES = {"received": UNTIMED, "total": TOTAL, "gauge": TOTAL}
PLACES = ("type", "room", "id", "data", "source", "subject", "time", "recordedtime")
SUBJECTS = ("text", "sku", "via")
LONGEST = 2**31

Spec = tuple[int, int, bool, bool, int, int, int, tuple[tuple[str, int], ...]]


class Scanner:
    """Scans blobs of one form; `compiled` is None where nothing is compiled."""

    def __init__(self, made: Any = None) -> None:
        self.compiled = made

    def forget(self, rooms: int) -> None:
        """So many rooms are heard of no more: their names are not kept for ever."""
        if self.compiled is not None:
            assert compiled is not None
            compiled.forget_rooms(self.compiled, rooms)

    def __call__(self, data: bytes) -> Scanned | None:
        """The facts of a blob; None where msgspec must look."""
        if self.compiled is None:
            return None
        assert compiled is not None
        found = compiled.scan(self.compiled, data, len(data) <= SMALL)
        return None if found is None else Scanned([found])


def native(make: Callable[[bytes], Event]) -> Scanner:
    """Scans the flat form; `make` reads one item."""
    if compiled is None:
        return Scanner()
    fields = {"type": 0}
    tags: list[tuple[str, int]] = []
    kinds: list[tuple[Any, ...]] = []
    for tag, kind in KINDS.items():
        known = _known(kind)
        for info in known:
            fields.setdefault(info.name, len(fields))
        tags.append((tag, len(kinds)))
        kinds.append(_kind(kind, fields, known))
    places = tuple(fields.get(name, -1) for name in PLACES)
    return Scanner(compiled.scanner(LAYOUTS, make, list(fields.items()), [], tags, kinds, places))


def enveloped(
    make: Callable[[bytes], Event],
    envelope: type[Struct],
    wire_type: Callable[[type[Fact]], str],
) -> Scanner:
    """Scans the same facts in envelopes, their own fields in `data`."""
    if compiled is None:
        return Scanner()
    around = msgspec.inspect.type_info(envelope).fields  # type: ignore[attr-defined]  # of a Struct
    common = {info.name for info in msgspec.structs.fields(Fact)}
    outer = {name: place for place, name in enumerate(("type", *(info.name for info in around)))}
    fields = dict(outer)
    tags: list[tuple[str, int]] = []
    kinds: list[tuple[Any, ...]] = []
    for kind in KINDS.values():
        own = [info for info in _known(kind) if info.name not in common]
        for info in own:
            fields.setdefault(info.name, len(fields))
        known = [*(info for info in around if info.name != "data"), *own] if own else []
        tags.append((wire_type(kind), len(kinds)))
        kinds.append(_kind(kind, fields, known))
    inner = [(name, place) for name, place in fields.items() if name not in outer]
    places = tuple(fields.get(name, -1) for name in PLACES)
    return Scanner(compiled.scanner(LAYOUTS, make, list(outer.items()), inner, tags, kinds, places))


def _known(kind: type[Fact]) -> Sequence[Field]:
    """The fields of a kind that becomes columns; none of the others."""
    if not any(FIELDS[kind]):
        return ()
    fields: Sequence[Field] = msgspec.inspect.type_info(kind).fields  # type: ignore[attr-defined]  # of a Struct
    return fields


def _kind(kind: type[Fact], fields: dict[str, int], known: Sequence[Field]) -> tuple[Any, ...]:
    """What scanner.c learns of a kind: nothing, where Structs are made at once."""
    person, value, second = FIELDS[kind]
    if not known:
        return [], -1, -1, -1, -1, -1, -1, 1, 0
    names = kind.__struct_fields__
    defaults = dict(zip(names[::-1], kind.__struct_defaults__[::-1], strict=False))
    subject = next((name for name in SUBJECTS if name in names), None)
    currency = "currency" if "currency" in names else None
    order = "order" if "order" in names else None
    places = [
        -1 if name is None else fields[name]
        for name in (person, value, second, order, subject, currency)
    ]
    missing = [
        -1 if name and defaults.get(name) is None else defaults.get(name or "", otherwise)
        for name, otherwise in ((value, 1), (second, 0))
    ]
    return [_spec(fields[info.name], info) for info in known], *places, *missing


def _spec(field: int, info: Field) -> Spec:
    """What a field may hold."""
    holds, nullable = info.type, False
    if isinstance(holds, UnionType):
        (holds,) = (each for each in holds.types if not isinstance(each, NoneType))
        nullable = True
    if isinstance(holds, Metadata):
        holds = holds.type
    code, least, most = NOT_HERE, 0, 0
    options: tuple[tuple[str, int], ...] = ()
    match holds:
        case StrType():
            code = WORD if info.name in HASHED else TEXT
            least, most = holds.min_length or 0, holds.max_length or LONGEST
        case IntType():
            code, least, most = WHOLE, int(holds.ge or 0), int(holds.le or 0)
        case FloatType():
            code, least, most = INSTANT, int(holds.ge or 0), int(holds.le or 0)
        case BoolType():
            code = YES_OR_NO
        case LiteralType():
            code = CHOICE
            options = tuple((str(each), int(CHOICES.get(str(each), 0))) for each in holds.values)
    flag = int(FLAGS.get(info.name, 0))
    return field, code, info.required, nullable, least, most, flag, options
