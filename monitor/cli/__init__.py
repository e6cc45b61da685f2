"""`roomwatch`: the verbs people type."""

from monitor.cli.arguments import main

__all__ = ["main"]
