"""Files are named by what they hold."""

from __future__ import annotations

from pathlib import Path

from monitor.console.assets import PAGES, Assets


def test_a_page_names_its_files_by_their_version():
    """
    `{static}` becomes an address that nothing else will ever be served at.
    """
    assets = Assets()

    assert f'src="/static/{assets.version}/wall.js"'.encode() in assets.page("wall.html")
    assert b"{charts}" not in assets.page("wall.html")
    assert b"{static}" not in assets.page("wall.html") + assets.page("login.html")


def test_one_changed_byte_is_another_version(tmp_path: Path):
    """
    Browsers keep files for ever, so what changes must be somewhere else.
    """
    (tmp_path / "a.js").write_text("1")
    before = Assets(tmp_path).version
    (tmp_path / "a.js").write_text("2")

    assert before != Assets(tmp_path).version


def test_only_this_version_and_only_scripts_styles_and_pictures_are_served():
    """
    A page is not to be had without its headers, and an old address must not serve new bytes.
    """
    assets = Assets()
    kind = assets.file(assets.version, "wall.css")

    assert kind is not None
    assert "text/css; charset=utf-8" == kind.kind
    assert assets.file("0" * 16, "wall.css") is None
    assert assets.file(assets.version, "wall.html") is None
    assert assets.file(assets.version, "../server.py") is None


def test_nothing_in_the_pages_is_inline_or_from_elsewhere():
    """
    What the CSP forbids must not be written in the first place.
    """
    for path in PAGES.glob("*.*"):
        text = path.read_text()

        assert "https://" not in text, path.name
        assert "innerHTML" not in text, path.name
        if path.suffix == ".html":
            assert ' style="' not in text, path.name
            assert "<style" not in text, path.name
            assert "<script>" not in text, path.name


def test_every_page_file_is_short():
    """
    The house's limit holds for scripts and styles too.
    """
    assert [] == [path.name for path in PAGES.glob("*.*") if path.read_text().count("\n") > 300]


def test_a_page_knows_whether_there_are_charts(tmp_path: Path):
    """
    They are fetched when the project is installed, and are served beside our own files.
    """
    (tmp_path / "a.html").write_text("{charts}")

    assert b"no" == Assets(tmp_path).page("a.html")

    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "uPlot.esm.js").write_text("export default 1")
    assets = Assets(tmp_path)

    assert b"yes" == assets.page("a.html")
    assert assets.file(assets.version, "uPlot.esm.js") is not None
