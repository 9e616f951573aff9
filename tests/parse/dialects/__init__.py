"""Tests of the dialects of templates."""
