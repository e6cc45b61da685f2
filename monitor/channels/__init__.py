"""Where notices are sent to."""
