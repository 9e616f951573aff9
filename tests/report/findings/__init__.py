"""Findings in their formats."""
