"""Getting notices out: the outbox, its lanes and their limits."""
