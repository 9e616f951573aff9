"""Metrics as CloudWatch judges them: statistics, expressions, search, alarms."""
