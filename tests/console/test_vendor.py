"""The charts' library: fetched by its hash, or told why not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from monitor.console.vendor import HERE, TAKEN, VendorError, fetch

FILL = """
import pathlib
for name in {names}:
    path = pathlib.Path("node_modules/uplot", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("of " + name)
pathlib.Path({calls!r}).open("a").write("called ")
"""


def program(calls: Path) -> list[str]:
    """Stands where npm stands, and fills the folder as it does."""
    return [sys.executable, "-c", FILL.format(names=list(TAKEN), calls=str(calls))]


def test_what_is_fetched_has_a_hash_and_no_address():
    """
    Any registry may answer; none can answer something else.
    """
    lock = json.loads((HERE / "package-lock.json").read_text())
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    packages = {name: each for name, each in lock["packages"].items() if name}

    assert {f"node_modules/{name}" for name in wanted} == set(packages)
    for each in packages.values():
        assert each["integrity"].startswith("sha512-")
        assert "resolved" not in each


def test_it_is_fetched_once(tmp_path: Path):
    """
    A second install finds it there.
    """
    calls = tmp_path / "calls"
    for _ in range(2):
        assert "" == fetch(HERE, tmp_path / "vendor", program(calls))

    assert "called " == calls.read_text()
    assert "of LICENSE" == (tmp_path / "vendor" / "LICENSE.uPlot").read_text()
    assert set(TAKEN.values()) < {path.name for path in (tmp_path / "vendor").iterdir()}


def test_without_an_answer_the_install_goes_on_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """
    Unless somebody demands the charts.
    """
    refuses = [sys.executable, "-c", "import sys; sys.exit('no such host')"]
    monkeypatch.delenv("ROOMWATCH_REQUIRE_VENDOR", raising=False)

    assert "npm said: no such host" == fetch(HERE, tmp_path, refuses)
    assert "npm: FileNotFoundError" == fetch(HERE, tmp_path, ["/no/such/npm"])
    assert [] == list(tmp_path.iterdir())

    monkeypatch.setenv("ROOMWATCH_REQUIRE_VENDOR", "1")
    with pytest.raises(VendorError, match="charts are not installed: npm said: no such host"):
        fetch(HERE, tmp_path, refuses)
