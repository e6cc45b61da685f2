"""The inner loops of the hot path, compiled, where the project was installed with a compiler.

`compiled` is the module made of the C files beside this one, or None: then numpy does the
same, a batch at a time. Whoever calls it has both ways beside each other, and
tests/speedups/test_loaded.py holds one to the other. `ROOMWATCH_PURE=1` leaves it out, and
so is what was made of other files than those that are here now.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType

from monitor.speedups.build import digest

__all__ = ["compiled"]

compiled: ModuleType | None
try:
    if os.environ.get("ROOMWATCH_PURE"):
        raise ImportError
    compiled = importlib.import_module("monitor.speedups._compiled")
    if compiled.digest != digest():
        compiled = None
except ImportError:  # there was no compiler, it is another Python's, or it is not wanted
    compiled = None
