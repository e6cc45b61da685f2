"""The inner loops, compiled when the project is installed."""

from __future__ import annotations

import importlib.util
import sysconfig

from monitor.speedups import build


def test_what_is_built_can_be_imported(tmp_path):
    """By this Python, from wherever it was built into."""
    assert None is build.build(tmp_path)

    spec = importlib.util.spec_from_file_location("_compiled", build.target(tmp_path))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert {"gather", "meet", "move", "did"} <= set(dir(module))


def test_without_a_compiler_the_reason_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sysconfig.get_config_vars(), "CC", "no-such-compiler -pthread")
    why = build.build(tmp_path)

    assert why is not None
    assert why.startswith("no-such-compiler: ")
    assert not build.target(tmp_path).exists()


def test_without_headers_the_reason_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))

    assert f"the headers of this Python are not in {tmp_path}" == build.build(tmp_path)


def test_a_compiler_that_refuses_is_quoted(tmp_path, monkeypatch):
    """And what was built before stays."""
    build.target(tmp_path).write_bytes(b"older")
    monkeypatch.setitem(sysconfig.get_config_vars(), "CC", "false")

    assert "false: " == build.build(tmp_path)
    assert b"older" == build.target(tmp_path).read_bytes()
