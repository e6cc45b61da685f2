"""What platforms send, turned into facts."""
