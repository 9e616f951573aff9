"""Faults in otherwise healthy applications: what `diagnose` must find, and what it must not."""
