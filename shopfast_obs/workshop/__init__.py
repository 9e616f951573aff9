"""Exercises, checks, progress."""
