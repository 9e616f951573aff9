"""SEARCH expressions: `{Namespace,Dimension} MetricName="Errors" shop`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shopfast_obs.analysis.metric_math import MathError
from shopfast_obs.localcloud.metrics.store import MetricId

SCHEMA = re.compile(r"\s*\{([^}]*)\}\s*")
TERM = re.compile(r'\s*(NOT\s+|-)?(?:(:?[\w.]+|"[^"]+")\s*=\s*)?("[^"]*"|[^\s"()]+)\s*')
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
MAX_FOUND = 500


def search_metrics(metrics: Sequence[MetricId], expression: str) -> list[MetricId]:
    """The metrics that a search finds; raises MathError for a search that we cannot read."""
    match = SCHEMA.match(expression)
    namespace, names = "", None
    if match:
        namespace, *rest = (part.strip().strip('"') for part in match[1].split(","))
        names = set(rest)
    terms = _terms(expression[match.end() :] if match else expression)
    found = [m for m in metrics if _in_schema(m, namespace, names) and all(_holds(m, *term) for term in terms)]
    return found[:MAX_FOUND]


def _terms(text: str) -> list[tuple[bool, str, str]]:
    """(negated, property or empty, value), all of which must hold. OR and brackets are refused."""
    terms, place = [], 0
    while place < len(text.rstrip()):
        match = TERM.match(text, place)
        if match is None or match[3] == "OR":
            raise MathError(f"the search {text!r} has a part that the local cloud cannot read")
        place = match.end()
        if match[3] != "AND":
            terms.append((bool(match[1]), (match[2] or "").strip('"'), match[3]))
    return terms


def _in_schema(metric: MetricId, namespace: str, names: set[str] | None) -> bool:
    return names is None or (metric.namespace == namespace and {name for name, _ in metric.dimensions} == names)


def _holds(metric: MetricId, negated: bool, key: str, value: str) -> bool:
    own = {"MetricName": [metric.name], "Namespace": [metric.namespace], ":metric": [metric.name]}
    own |= {name: [content] for name, content in metric.dimensions}
    texts = own.get(key, []) if key else [text for content in own.values() for text in content]
    if value.startswith('"'):
        found = any(text == value.strip('"') for text in texts)
    else:
        found = any(_tokens(value) <= _tokens(text) for text in texts)
    return found != negated


def _tokens(text: str) -> set[str]:
    return {word.lower() for word in WORDS.findall(text)}
