"""Compiles the C files beside it, when the project is installed; no other part needs it.

Where there is no compiler, or no headers of this Python, the project works all the same,
at about a fifth of the speed. It must import nothing of ours: the build has nothing else at hand.
"""

from __future__ import annotations

import hashlib
import pathlib
import shlex
import subprocess
import sysconfig
from collections.abc import Sequence

HERE = pathlib.Path(__file__).parent
LONGEST_S = 120.0


def target(folder: pathlib.Path = HERE) -> pathlib.Path:
    """Where this Python looks for the compiled module."""
    return folder / f"_compiled{sysconfig.get_config_var('EXT_SUFFIX')}"


def digest() -> str:
    """Of the C files: what was made of others is not used."""
    sources = sorted((*HERE.glob("*.c"), *HERE.glob("*.h")))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def build(folder: pathlib.Path = HERE, more: Sequence[str] = ()) -> str | None:
    """Compile into `folder`, with `more` flags; why not, if it can not be done."""
    compiler = shlex.split(sysconfig.get_config_var("CC") or "cc")[0]
    include = sysconfig.get_path("include")
    if not pathlib.Path(include, "Python.h").is_file():
        return f"the headers of this Python are not in {include}"
    made = target(folder)
    draft = made.with_suffix(".draft")
    sources = sorted(str(path) for path in HERE.glob("*.c"))
    command = [
        compiler, "-O3", "-ffp-contract=off",  # figures are numpy's, to the last bit
        "-fno-math-errno", "-fno-trapping-math",
        "-shared", "-fPIC", "-fvisibility=hidden",  # our names are not to meet those of libc
        f"-I{include}", f'-DDIGEST="{digest()}"', *more, *sources, "-o", str(draft), "-lm",
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603  the compiler that built this Python, our files
            command, capture_output=True, text=True, timeout=LONGEST_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{compiler}: {error}"
    if done.returncode:
        return f"{compiler}: {done.stderr.strip()[-300:]}"
    draft.replace(made)  # a process that has the old one loaded keeps it
    return None
