"""The daemon: everything wired together, started, reloaded and stopped."""

from monitor.daemon.daemon import Daemon

__all__ = ["Daemon"]
