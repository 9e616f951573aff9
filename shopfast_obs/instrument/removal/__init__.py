"""Instrumentation out of sources, and what stays."""
