"""GraphQL APIs that keep no record of what failed in them."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.model.findings import Severity

RULE = Rule(
    "graphql-logging-off",
    "The GraphQL API writes no log",
    Severity.INFO,
    ("AWS::AppSync::GraphQLApi",),
    Property(
        "LogConfig",
        bool,
        "GraphQL API {name} writes no log: nobody can look up which field of which query failed",
        declared=True,
        shows=False,
    ),
    when="LogConfig is not set.",
    why="A query that fails in one field is answered with 200 and counts as no error of a function.",
    remedy="`LogConfig` with FieldLogLevel ERROR and a role that may write logs.",
    limits="FieldLogLevel NONE logs requests only and is not found.",
    misleads="4XXError and 5XXError stay at 0: GraphQL answers errors with 200.",
)
