"""What people care about, written in YAML and asked as array expressions."""
