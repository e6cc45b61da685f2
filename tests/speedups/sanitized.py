"""The tests of what is compiled, with every access and every sum in the C code checked.

    python -m tests.speedups.sanitized

A copy of the project is built with the address and undefined-behaviour sanitizers of the
compiler, and the tests that call compiled code run there; the first thing that is not
allowed ends the process and is printed. A minute or two.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from monitor.speedups import build

ROOT = pathlib.Path(__file__).parents[2]
COPIED = ("monitor", "rules", "config", "tests")
FLAGS = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")
LIBRARIES = ("libasan.so", "libubsan.so")
TESTS = (
    "tests/speedups", "tests/formats/test_scanner.py", "tests/formats/test_parcels.py",
    "tests/test_scanned.py", "tests/signals", "tests/shard", "tests/alerts", "tests/rules",
    "tests/bench/test_engine.py",
)  # fmt: skip
BESIDES = "not without_it"  # that one starts a process that loads nothing compiled


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as name:
        copy = pathlib.Path(name)
        for folder in COPIED:
            shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("*.so"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        why = build.build(copy / "monitor" / "speedups", FLAGS)
        if why:
            raise SystemExit(f"it can not be compiled so: {why}")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:xdist",
                   "-p", "no:cacheprovider", "-k", BESIDES, *(arguments or TESTS)]  # fmt: skip
        return subprocess.run(command, cwd=copy, env=_environment(copy), check=False).returncode


def _environment(copy: pathlib.Path) -> dict[str, str]:
    """The sanitizers' libraries come first, and what Python itself keeps to its end is no leak."""
    return os.environ | {
        "LD_PRELOAD": " ".join(map(_library, LIBRARIES)),
        "ASAN_OPTIONS": "detect_leaks=0",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "PYTHONPATH": str(copy),
    }


def _library(name: str) -> str:
    asked = ["gcc", f"-print-file-name={name}"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True)
    return told.stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
