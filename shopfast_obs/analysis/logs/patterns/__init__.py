"""CloudWatch Logs' filter patterns: terms, JSON selectors, space-delimited fields. One implementation serves metric
filters, subscription filters, FilterLogEvents and Live Tail."""

from __future__ import annotations

from functools import lru_cache

from shopfast_obs.analysis.logs.patterns.delimited import read_delimited
from shopfast_obs.analysis.logs.patterns.interface import EVERYTHING, LogPattern, PatternError
from shopfast_obs.analysis.logs.patterns.selectors import read_selectors
from shopfast_obs.analysis.logs.patterns.terms import read_terms

MAX_LENGTH = 1024


@lru_cache(maxsize=1024)
def log_pattern(text: str) -> LogPattern:
    """The pattern that the text says; raises PatternError with CloudWatch's words."""
    if len(text) > MAX_LENGTH:
        raise PatternError(f"Filter pattern must be at most {MAX_LENGTH} characters long")
    stripped = text.strip()
    if not stripped:
        return EVERYTHING
    if stripped.startswith("{"):
        return read_selectors(stripped)
    if stripped.startswith("["):
        return read_delimited(stripped)
    return read_terms(stripped)


__all__ = ["LogPattern", "PatternError", "log_pattern"]
