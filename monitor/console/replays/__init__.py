"""Sessions of the past on the same pages: recordings, a player, its process and its feed."""
