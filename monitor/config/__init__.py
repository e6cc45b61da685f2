"""What config/*.toml may say, and whether it can be."""

from monitor.config.files import Config
from monitor.config.loading import load

__all__ = ["Config", "load"]
