"""Alarms as they are put, kept, evaluated and told."""
