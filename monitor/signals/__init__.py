"""Rolling figures of rooms and products, in columns."""
