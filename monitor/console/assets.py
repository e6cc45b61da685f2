"""The pages' files, read once at start; what they hold names the address they are served at."""

from __future__ import annotations

import hashlib
from pathlib import Path

from msgspec import Struct

PAGES = Path(__file__).parent / "pages"
CHARTS = "uPlot.esm.js"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Asset(Struct, frozen=True):
    """A file as it is served."""

    kind: str
    data: bytes


class Assets:
    """Scripts, styles and pages. `version` changes with any byte of any of them."""

    def __init__(self, folder: Path = PAGES) -> None:
        paths = [*folder.iterdir(), *(folder / "vendor").glob("*")]
        files = {path.name: path.read_bytes() for path in sorted(paths) if path.is_file()}
        digest = hashlib.sha256()
        for name, data in files.items():
            digest.update(f"{name}\0{len(data)}\0".encode() + data)
        self.version = digest.hexdigest()[:16]
        words = {
            b"{charts}": b"yes" if CHARTS in files else b"no",  # fetched at the install (vendor.py)
            b"{static}": f"/static/{self.version}".encode(),
        }
        parts = {name: data for name, data in files.items() if name.endswith(".part")}
        self._pages: dict[str, bytes] = {}
        for name, whole in files.items():
            if not name.endswith(".html"):
                continue
            page = whole
            for part, data in parts.items():  # what pages share
                page = page.replace(b"{" + part.removesuffix(".part").encode() + b"}", data)
            for word, value in words.items():
                page = page.replace(word, value)
            self._pages[name] = page
        self._files = {
            name: Asset(kind, data)
            for name, data in files.items()
            if (kind := KINDS.get(Path(name).suffix))
        }

    def page(self, name: str) -> bytes:
        """A page's HTML with the addresses of its files filled in."""
        return self._pages[name]

    def file(self, version: str, name: str) -> Asset | None:
        """A file of this version; None for any other, so that nothing old is kept as new."""
        return self._files.get(name) if version == self.version else None
