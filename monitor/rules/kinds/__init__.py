"""The kinds of rules, a leaf each."""
