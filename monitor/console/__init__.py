"""The control room: pages, live updates, access."""
