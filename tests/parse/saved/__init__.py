"""Saved files in every form."""
