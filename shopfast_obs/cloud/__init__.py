"""The outside world behind protocols."""
