"""Rules about alarms."""
