"""The house itself: floors, sizes, names, style, and what does not belong into it."""

from __future__ import annotations

import ast
import pathlib
import re
import subprocess
import sys
import tempfile

import pytest

ROOT = pathlib.Path(__file__).parents[1]
MODULES = sorted((ROOT / "monitor").rglob("*.py"))
BESIDE = pathlib.Path(sys.executable).parent

TOP = {
    "pyproject.toml", "README.md", "LICENSE", "Makefile",
    "monitor", "rules", "config", "systemd", "tests", ".ci", ".github", ".gitignore",
}  # fmt: skip
NO_NAMES = {"utils", "util", "core", "common", "base", "helpers", "manager", "misc", "constants"}
NOT_OURS = re.compile(  # package registries, and folders of the machine it was written on
    r"https?://[a-z0-9.-]*(?:pypi|pythonhosted|npm|debian)[a-z0-9.-]*|/root/|/home/[a-z]"
)


def tracked() -> list[pathlib.Path]:
    """The files git knows of."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def says(*command: str) -> str:
    """What a checker has to say; nothing when all is well."""
    program = str(BESIDE / command[0])
    done = subprocess.run(
        [program, *command[1:]], cwd=ROOT, check=False, capture_output=True, text=True
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_a_module_imports_only_from_floors_below_its_own() -> None:
    """And the core does not touch anything: pyproject.toml has the contracts."""
    told = says("lint-imports", "--no-cache")

    assert not told, told


def test_the_code_is_in_style() -> None:
    """`make style` mends most of it."""
    told = says("ruff", "check", "--no-cache")

    assert not told, told


def test_the_code_is_formatted() -> None:
    """`make style` does it."""
    told = says("ruff", "format", "--check", "--no-cache")

    assert not told, told


def test_the_types_fit() -> None:
    """mypy, strict."""
    told = says("mypy")

    assert not told, told


def test_a_module_begins_with_what_it_is_for() -> None:
    """One sentence; an `__init__` with nothing in it needs none."""
    silent = []
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        docstring = ast.get_docstring(ast.parse(text)) or ""
        if text.strip() and not re.search(r"[.:?!]$", docstring.split("\n\n")[0]):
            silent.append(str(path.relative_to(ROOT)))

    assert [] == silent


def test_a_module_has_at_most_300_lines() -> None:
    """What is longer holds two ideas."""

    assert {} == {
        str(path.relative_to(ROOT)): lines
        for path in MODULES
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 300
    }


def test_a_function_has_at_most_60_lines() -> None:
    """From `def` to its last line."""

    assert {} == {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": lines
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > 60
    }


def test_a_file_is_named_after_what_it_holds() -> None:
    """Not after its being useful."""
    named = [
        path
        for path in tracked()
        if NO_NAMES & {part.partition(".")[0] for part in path.relative_to(ROOT).parts}
    ]

    assert [] == named


def test_a_module_has_one_test_file() -> None:
    """`monitor/x/y.py` is tested by `tests/x/test_y.py`."""
    missing = [
        f"tests/{below.parent}/test_{below.name}".replace("/./", "/")
        for path in MODULES
        if path.name not in ("__init__.py", "__main__.py")
        for below in (path.relative_to(ROOT / "monitor"),)
        if not (ROOT / "tests" / below.parent / f"test_{below.name}").exists()
    ]

    assert [] == missing


def test_every_folder_of_tests_is_a_package() -> None:
    """Or two test files of one name would be one to Python."""
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}

    assert set() == {folder for folder in folders if not (folder / "__init__.py").exists()}


def test_the_top_level_holds_what_was_asked_for() -> None:
    """And nothing that somebody left there."""

    assert set() == {path.relative_to(ROOT).parts[0] for path in tracked()} - TOP


@pytest.mark.parametrize("what", ["registries and homes", "this checkout"])
def test_nothing_names_the_machine_it_was_written_on(what: str) -> None:
    """No address of a package registry, and no path of this checkout."""
    pattern = NOT_OURS
    if what == "this checkout":
        near = ROOT.parent
        if near in (pathlib.Path("/"), pathlib.Path(tempfile.gettempdir())):
            near = ROOT  # a checkout in /tmp: that folder is everybody's
        pattern = re.compile(re.escape(f"{near}/"))
    named = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path != pathlib.Path(__file__):
            named += [f"{path.relative_to(ROOT)}: {found[0]}" for found in pattern.finditer(text)]

    assert [] == named


def test_an_exception_from_a_rule_has_its_reason_beside_it() -> None:
    """The first `noqa` of its kind in a file says why, behind it or in the line above."""
    bare = []
    for path in tracked():
        if path.suffix != ".py" or path == pathlib.Path(__file__):
            continue
        told: set[str] = set()
        above = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            found = re.search(
                r"# noqa:? *((?:[A-Z]+[0-9]+,? *)*)(?:#? *fmt: skip)?([ #-]*\w)?", line
            )
            if found:
                reason = found[2] or above.strip().startswith("#")
                codes = set(re.findall(r"[A-Z]+[0-9]+", found[1])) or {"everything"}
                if not reason and codes - told - {"E501"}:
                    bare.append(f"{path.relative_to(ROOT)}:{number}")
                told |= codes
            above = line

    assert [] == bare
