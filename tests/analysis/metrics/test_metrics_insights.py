"""Metrics Insights queries."""

import pytest

from shopfast_obs.analysis.metrics.metrics_insights import Condition, InsightsError, InsightsQuery, read_insights

WHOLE = (
    "SELECT SUM(Errors) FROM SCHEMA(\"AWS/Lambda\", FunctionName) WHERE FunctionName != 'old and new' "
    "AND \"tag.env\" = 'prod' GROUP BY FunctionName ORDER BY SUM() DESC LIMIT 10"
)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        (
            WHOLE,
            InsightsQuery(
                "SUM",
                "Errors",
                "AWS/Lambda",
                frozenset({"FunctionName"}),
                (Condition("FunctionName", "!=", "old and new"), Condition("tag.env", "=", "prod")),
                ("FunctionName",),
                "SUM",
                True,
                10,
            ),
        ),
        ('select max("Duration") from "AWS/Lambda"', InsightsQuery("MAX", "Duration", "AWS/Lambda")),
        ('SELECT MAX(CPU) FROM SCHEMA("AWS/EC2")', InsightsQuery("MAX", "CPU", "AWS/EC2")),
        (
            'SELECT AVG(m)\nFROM SCHEMA("My Space", "a b", c) GROUP BY "a b", c ORDER BY MIN() ASC;',
            InsightsQuery("AVG", "m", "My Space", frozenset({"a b", "c"}), (), ("a b", "c"), "MIN"),
        ),
        (
            "SELECT SUM(Errors) FROM \"AWS/Lambda\" WHERE FunctionName = '${Web@shop}'",
            InsightsQuery("SUM", "Errors", "AWS/Lambda", None, (Condition("FunctionName", "=", "${Web@shop}"),)),
        ),
    ],
)
def test_what_a_query_says(text: str, query: InsightsQuery) -> None:
    """All clauses, in any case, with names in quotes, and a reference of a template."""
    assert read_insights(text) == query


@pytest.mark.parametrize(
    "text",
    [
        "SELECT",
        'SELECT P90(Errors) FROM "N"',
        "SELECT SUM(Errors)",
        'SELECT SUM(Errors) FROM "N" WHERE a > 1',
        'SELECT SUM(Errors) FROM "N" GROUP BY',
        'SELECT SUM(Errors) FROM "N" LIMIT few',
        'SELECT SUM(Errors) FROM "N" HAVING 1',
        'SELECT SUM(Errors) FROM "N',
        "SELECT " + "a" * 10_000,
    ],
)
def test_a_query_that_cannot_be_read_says_why(text: str) -> None:
    """A sentence."""
    with pytest.raises(InsightsError, match=r"\w+ "):
        read_insights(text)
