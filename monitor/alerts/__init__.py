"""From a rule that holds to a notice for people."""
