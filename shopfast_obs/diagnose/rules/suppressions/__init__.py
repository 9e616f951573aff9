"""Rules about the suppressions of other rules."""
