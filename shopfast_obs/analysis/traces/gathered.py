"""Siblings that were sent as a chain. The X-Ray SDK keeps what is open in a list for each thread, so that gathered work
hangs below whatever another task opened last: below calls of clients, which run no code of the application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shopfast_obs.model.telemetry import Segment

AWS, REMOTE = "aws", "remote"
OWN = "## "  # what names of methods begin with that Powertools traces
# What clients ask for by themselves while a call is under way: credentials, keys, and where to send it.
SERVICES = {"sts", "sso", "ssooidc", "sso-oidc", "signin", "kms", "cognito-identity", "cognitoidentity"}
OPERATIONS = {"HeadBucket", "GetBucketLocation", "CreateSession", "DescribeEndpoints"}
DEEPEST = 2  # requests in one another: a redirect, or the connection's below the library's


class Calls(NamedTuple):
    """What a call stands in, itself included."""

    home: int  # the part that made the outermost call; -1: none
    plain: bool  # one of them is as an SDK writes it
    requests: int  # how many there are, where all of them are plain requests


def apart(nodes: Sequence[Segment], parents: Sequence[int]) -> dict[int, int]:
    """The parts that cannot belong to the calls that hold them, with the innermost part above that can hold them."""
    known: dict[int, Calls] = {}
    moved: dict[int, int] = {}
    for index, above in enumerate(parents):
        node = nodes[index]
        if above == -1 or not nodes[above].namespace or not (node.namespace or node.name.startswith(OWN)):
            continue
        calls = _calls(nodes, parents, above, known)
        if calls.home != -1 and _is_chain(node, calls):
            moved[index] = calls.home
            if node.namespace == REMOTE:
                moved[above] = calls.home  # the second of a chain
    return moved


def _calls(nodes: Sequence[Segment], parents: Sequence[int], call: int, known: dict[int, Calls]) -> Calls:
    """The same for every call on the way up, each once: chains are as long as lists of gathered work."""
    way = []
    above = call
    while above != -1 and nodes[above].namespace and above not in known:
        way.append(above)
        known[above] = Calls(-1, False, 0)  # where parts lead back to themselves
        above = parents[above]
    found = known.get(above)
    for passed in reversed(way):
        plain, web = _is_plain(nodes[passed]), nodes[passed].namespace == REMOTE
        if found is None:
            found = Calls(above, plain, int(plain and web))
        else:
            requests = found.requests + 1 if found.requests and plain and web else 0
            found = Calls(found.home, found.plain or plain, requests)
        known[passed] = found
    return known[call]


def _is_chain(node: Segment, calls: Calls) -> bool:
    if node.namespace == REMOTE:
        return calls.requests >= DEEPEST and _is_plain(node)
    if node.namespace == AWS:
        return calls.plain and _is_plain(node) and not _is_asked_inside(node)
    return calls.plain


def _is_plain(call: Segment) -> bool:
    """True for what an X-Ray SDK writes of one call. Attributes of a span become metadata: spans follow their tasks,
    and some stand in a call by right."""
    if call.metadata:
        return False
    return bool(call.aws.get("operation")) if call.namespace == AWS else bool(call.http.get("request"))


def _is_asked_inside(call: Segment) -> bool:
    return call.name.lower().replace(" ", "") in SERVICES or call.aws.get("operation") in OPERATIONS
