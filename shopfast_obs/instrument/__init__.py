"""Codemods over Python source, and what an instrumented function needs around it."""
