"""Comments of our own making to learn from: patterns in files, and the grammar for them."""
