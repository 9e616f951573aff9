"""Patterns of terms: `ERROR "out of memory" -retry`, `?ERROR ?WARN`, `%4\\d\\d%`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shopfast_obs.analysis.logs.patterns.interface import PatternError, Text, expression_of
from shopfast_obs.model.records import record

TERM = re.compile(r'\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|(\w+))(?=\s|$|["%?-])', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@record
class Terms:
    """All of `required` and none of `excluded` are in the message; any of `optional`, where there is nothing else.

    A `?` beside terms without one is ignored, as CloudWatch Logs says that it does.
    """

    required: tuple[Text, ...]
    excluded: tuple[Text, ...]
    optional: tuple[Text, ...]

    def match(self, message: str) -> Mapping[str, str] | None:
        """Nothing is extracted from a message that matches."""
        if not self.required and not self.excluded:
            return {} if any(term.holds(message) for term in self.optional) else None
        wanted = all(term.holds(message) for term in self.required)
        return {} if wanted and not any(term.holds(message) for term in self.excluded) else None

    def value(self, message: str, selector: str) -> str | None:
        """Terms have no fields."""
        return None


def read_terms(text: str) -> Terms:
    """The terms of a pattern; raises PatternError."""
    terms: dict[str, list[Text]] = {"": [], "-": [], "?": []}
    place = 0
    while place < len(text.rstrip()):
        match = TERM.match(text, place)
        if match is None:
            wrong = re.search(r"[^\s\w?-]", text[place:]) or re.search(r"\S", text[place:])
            raise PatternError(f"Invalid character(s) in term '{wrong[0] if wrong else text[place:]}'")
        place = match.end()
        terms[match[1]].append(_term(match))
    return Terms(tuple(terms[""]), tuple(terms["-"]), tuple(terms["?"]))


def _term(match: re.Match[str]) -> Text:
    if match[3] is not None:
        return Text(match[3], expression_of(match[3]))
    content = match[4] if match[4] is not None else ESCAPED.sub(r"\1", match[2])
    return Text(f"*{content}*") if content else Text("**")
