"""Writes the pages of the reference from the code. `python -m docs.generators` writes all; a test finds what differs."""
