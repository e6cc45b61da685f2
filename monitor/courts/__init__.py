"""Rules on trial: their tests, what those cover and would miss, and two rule sets compared."""
