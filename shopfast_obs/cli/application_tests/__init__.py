"""Runs an application's tests in a copy of it, in its own Python, away from accounts and networks."""
