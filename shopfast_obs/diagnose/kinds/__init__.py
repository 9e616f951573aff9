"""Kinds of rules: each module judges for all rules that differ in their data alone."""
