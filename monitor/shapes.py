"""Plain values against the Struct they must be: every mistake, not only the first.

A path is the keys and indexes that lead to a value: `("rules", 0, "when")`.
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct

T = TypeVar("T")
Path = tuple[str | int, ...]

_NOUNS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table of fields",
    "null": "nothing",
}


class Mistake(NamedTuple):
    """Something wrong at a path, in words, with what to write instead."""

    path: Path
    what: str


def fit(value: Any, wanted: type[T], path: Path = ()) -> tuple[T | None, list[Mistake]]:
    """`value` as `wanted` (a Struct, a list, a union …), or None and the mistakes."""
    mistakes = list(_mistakes(value, wanted, path))
    if mistakes:
        return None, mistakes
    return msgspec.convert(value, wanted), []


def _mistakes(value: Any, wanted: Any, path: Path) -> Iterator[Mistake]:
    """Every mistake in `value`; afterwards `msgspec.convert` is sure to succeed."""
    found = list(_inside(value, wanted, path))
    yield from found
    if found:
        return
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        yield _refusal(error, value, wanted, path)


def _inside(value: Any, wanted: Any, path: Path) -> Iterator[Mistake]:
    """The mistakes among the parts of `value`, where both sides have parts."""
    arms = _arms(wanted)
    if isinstance(value, dict):
        structs = [arm for arm in arms if isinstance(arm, type) and issubclass(arm, Struct)]
        maps = [arm for arm in arms if get_origin(arm) is dict]
        if structs:
            yield from _struct(value, structs, path)
        elif len(maps) == 1:
            for key, part in value.items():
                yield from _mistakes(part, get_args(maps[0])[1], (*path, key))
    elif isinstance(value, list):
        lists = [arm for arm in arms if get_origin(arm) in (list, tuple, set, frozenset, Sequence)]
        if len(lists) == 1 and (
            get_origin(lists[0]) is not tuple or get_args(lists[0])[1:] == (...,)
        ):
            for index, part in enumerate(value):
                yield from _mistakes(part, get_args(lists[0])[0], (*path, index))


def _struct(value: dict[str, Any], structs: list[type[Struct]], path: Path) -> Iterator[Mistake]:
    """A mapping against one Struct, or against the tagged one that it names."""
    chosen = structs[0]
    tag_field = chosen.__struct_config__.tag_field
    if tag_field is not None:
        by_tag = {struct.__struct_config__.tag: struct for struct in structs}
        tag = value.get(tag_field)
        if tag not in by_tag:
            names = [str(each) for each in by_tag]
            if tag is None:
                yield Mistake(path, f"missing field `{tag_field}` — {suggest('', names)}")
            else:
                yield Mistake(
                    (*path, tag_field), f"unknown {tag_field} `{tag}` — {suggest(str(tag), names)}"
                )
            return
        chosen = by_tag[tag]
    fields = _fields(chosen)
    known = [*fields, *([tag_field] if tag_field else [])]
    for key, part in value.items():
        if key in fields:
            yield from _mistakes(part, fields[key].type, (*path, key))
        elif key != tag_field:
            yield Mistake((*path, key), f"unknown field `{key}` — {suggest(str(key), known)}")
    for name, field in fields.items():
        if field.default is NODEFAULT and field.default_factory is NODEFAULT and name not in value:
            yield Mistake(path, f"missing field `{name}` — write {_remedy(field.type)}")


@lru_cache(maxsize=512)
def _fields(struct: type[Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(struct)}


def _arms(wanted: Any) -> list[Any]:
    """The types a value may have, with unions opened and annotations taken off."""
    origin = get_origin(wanted)
    if origin is Annotated:
        return _arms(get_args(wanted)[0])
    if origin is Union or origin is types.UnionType:
        return [arm for part in get_args(wanted) for arm in _arms(part)]
    return [wanted]


def _choices(wanted: Any) -> list[str]:
    """The words a field may hold, where only certain words are allowed."""
    return [str(c) for arm in _arms(wanted) if get_origin(arm) is Literal for c in get_args(arm)]


def _example(wanted: Any) -> str:
    """What a field of that type may look like, where its type says so."""
    for part in (wanted, *get_args(wanted)):
        for meta in get_args(part)[1:] if get_origin(part) is Annotated else ():
            if isinstance(meta, msgspec.Meta) and meta.examples:
                return str(meta.examples[0])
    return ""


def _remedy(wanted: Any) -> str:
    """What to write for a field of that type."""
    example = _example(wanted)
    if example:
        return f"for example `{example}`"
    choices = _choices(wanted)
    if choices:
        return " or ".join(f"`{choice}`" for choice in choices)
    for arm in _arms(wanted):
        noun = _NOUNS.get(getattr(arm, "__name__", ""))
        if noun:
            return noun
        if get_origin(arm) in (list, tuple, set, frozenset):
            return "a list"
    return _NOUNS["object"]


def _refusal(error: msgspec.ValidationError, value: Any, wanted: Any, path: Path) -> Mistake:
    """msgspec's one mistake in our words."""
    what, _, tail = str(error).partition(" - at `$")
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", tail):
        step = name or int(index)
        path = (*path, step)
        value = value[step] if isinstance(value, dict | list) else None
    subject = next((f"`{step}`" for step in reversed(path) if isinstance(step, str)), "the file")
    choices = _choices(wanted)
    if choices and isinstance(value, str) and not tail:
        name = subject.strip("`")
        return Mistake(path, f"unknown {name} `{value}` — {suggest(value, choices)}")
    named = re.match(r"`(\w+)`", what)
    if named and isinstance(value, dict) and named[1] in value:  # a Struct that speaks of a field
        return Mistake((*path, named[1]), what)
    expected = re.fullmatch(r"Expected `([^`]+)`(?:, got `(\w+)`)?(.*)", what)
    if expected is None:
        return Mistake(path, what if " — " in what else f"{what} — see {subject}")
    kinds, got, bound = expected.groups()
    nouns = " or ".join(_NOUNS.get(kind, kind) for kind in kinds.split(" | ") if kind != "null")
    if bound:
        return Mistake(path, f"{subject} can not be {_shown(value)} — write {nouns}{bound}")
    if got in ("int", "float", "bool") and "str" in kinds.split(" | "):
        example = _example(wanted) if not tail else ""
        remedy = f"for example `{example}`" if example else f'it in quotes: "{value}"'
        return Mistake(path, f"{subject} is {_shown(value)}, not text — write {remedy}")
    return Mistake(path, f"{subject} is {_shown(value)} — write {nouns}")


def _shown(value: Any) -> str:
    """A short picture of what was written."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a table of fields"
    text = str(value)
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}…`"


def suggest(word: str, known: Collection[str]) -> str:
    """What to write instead of an unknown `word`: the nearest known one, or all of them."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if not known:
        return "leave it out"
    listed = sorted(known)
    return f"write one of {', '.join(listed[:12])}{' …' if len(listed) > 12 else ''}"
