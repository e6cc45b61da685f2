"""Measurements: throughput against a baseline of the same run."""
