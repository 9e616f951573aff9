"""GraphQL APIs at which traces do not begin."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.model.findings import Severity

RULE = Rule(
    "graphql-not-traced",
    "The GraphQL API is not traced",
    Severity.LOW,
    ("AWS::AppSync::GraphQLApi",),
    Property(
        "XrayEnabled",
        lambda value: value in (True, "true"),
        "GraphQL API {name} is not traced: which resolver takes the time is invisible",
        after=True,
        because="resolvers become visible",
        declared=True,
    ),
    when="XrayEnabled is not true.",
    why="A query fans out to many resolvers; without a trace nobody sees which one is slow.",
    remedy="`XrayEnabled: true`.",
    limits="What is deployed is known by its stack's template only.",
    misleads="Each function's own duration looks fine; the query waits for their sum.",
)
