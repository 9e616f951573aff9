"""Environments below the user's cache: what cannot stand beside an application's packages, made once from a lock."""
