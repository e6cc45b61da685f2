"""Connections that yield frames."""
