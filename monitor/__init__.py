"""roomwatch: watches live-commerce rooms and tells people in time."""

__version__ = "0.1.0"
