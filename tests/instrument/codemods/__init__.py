"""Tests of instrument/codemods/."""
