"""Tests of changes/."""
