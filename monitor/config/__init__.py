"""What config/*.toml may say, and whether it can be."""

from monitor.config.files import Config, load

__all__ = ["Config", "load"]
