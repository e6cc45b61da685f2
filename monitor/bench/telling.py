"""How a bench tells what it measured: a line a figure, or one JSON object."""

from __future__ import annotations

from typing import Any

import msgspec


def tell(told: dict[str, Any], *, as_json: bool) -> None:
    """Print it."""
    if as_json:
        print(msgspec.json.encode(told).decode())
        return
    for name, value in told.items():
        text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value
        print(f"{name:26} {text}")
