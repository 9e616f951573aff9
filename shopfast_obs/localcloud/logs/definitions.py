"""Metric filters and subscription filters as they are put, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shopfast_obs.analysis.logs.patterns import PatternError, log_pattern
from shopfast_obs.parse.logs.emf import UNITS

DESTINATIONS = re.compile(r"arn:[\w-]+:(lambda|kinesis|firehose|logs):")
MAX_DIMENSIONS = 3


def pattern_problem(pattern: str) -> str:
    """What CloudWatch says to a pattern that it does not accept; empty for a good one."""
    try:
        log_pattern(pattern)
    except PatternError as problem:
        return str(problem)
    return ""


def metric_filter_problem(data: Mapping[str, Any]) -> str:
    """What is wrong with a metric filter; empty for a good one."""
    transformations = data.get("metricTransformations") or []
    if len(transformations) != 1:
        return "A metric filter must have exactly one metric transformation"
    return pattern_problem(data.get("filterPattern") or "") or _transformation_problem(transformations[0])


def _transformation_problem(transformation: Mapping[str, Any]) -> str:
    dimensions = transformation.get("dimensions") or {}
    value = str(transformation.get("metricValue", ""))
    if not transformation.get("metricName") or not transformation.get("metricNamespace") or not value:
        return "A metric transformation must have metricName, metricNamespace and metricValue"
    if not value.startswith("$") and not _is_number(value):
        return f"Invalid metric transformation: metric value '{value}' is neither a number nor a field of the pattern"
    if (transformation.get("unit") or "None") not in UNITS:
        return f"Invalid metric transformation: '{transformation['unit']}' is not a unit"
    return _dimensions_problem(dimensions, transformation.get("defaultValue") is not None)


def _dimensions_problem(dimensions: Mapping[str, Any], has_default: bool) -> str:
    if len(dimensions) > MAX_DIMENSIONS:
        return f"A metric transformation can have at most {MAX_DIMENSIONS} dimensions"
    if any(not str(selector).startswith("$") for selector in dimensions.values()):
        return "Invalid metric transformation: a dimension's value must be a field of the pattern"
    if dimensions and has_default:
        return "Invalid metric transformation: dimensions and default value are mutually exclusive properties."
    return ""


def subscription_filter_problem(data: Mapping[str, Any]) -> str:
    """What is wrong with a subscription filter; empty for a good one."""
    destination = str(data.get("destinationArn", ""))
    if not DESTINATIONS.match(destination):
        return f"destinationArn '{destination}' is not a Lambda function, a Kinesis stream, a Firehose or a destination"
    return pattern_problem(data.get("filterPattern") or "")


def matches(pattern: str, message: str) -> bool:
    """Whether a pattern lets a message through; one that cannot be read lets nothing through."""
    try:
        return log_pattern(pattern or "").match(message or "") is not None
    except PatternError:
        return False


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
