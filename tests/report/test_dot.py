"""The service map as DOT: every name is text, whatever is in it."""

import re

import pytest
from hypothesis import given

from shopfast_obs.analysis.statistics import distribution
from shopfast_obs.analysis.traces.overview.service_map import CLIENT, Counts, ServiceEdge, ServiceMap, ServiceNode
from shopfast_obs.report.dot import dot, quoted
from tests.report.html.hostile import HOSTILE
from tests.report.test_view import NAMES

STRING = r'"(?:[^"\\\n]|\\["\\n])*"'
ATTRIBUTES = rf"\[(?:\w+=(?:{STRING}|\w+)(?:, )?)*\]"
LINE = re.compile(rf"  (?:rankdir=LR|(?:node|edge|n\d+(?: -> n\d+)?) {ATTRIBUTES});")
NASTY = [*HOSTILE, "\\", 'a\\"', "\\N", '"]; evil [label="', "line\nbreak", "<b>html</b>", "&lt;", "", "\u202e", "\x00"]


def counts(ok: int = 9, fault: int = 0, throttle: int = 0, error: int = 0) -> Counts:
    """So many calls, a tenth of a second each."""
    return Counts(ok, error, throttle, fault, distribution([0.1] * (ok + error + throttle + fault)))


def a_map(name: str, *, asynchronous: bool = False, **outcomes: int) -> ServiceMap:
    """A client calls a function of this name, which calls a table of the same name."""
    edges = (
        ServiceEdge(*CLIENT, name, "AWS::Lambda", asynchronous, counts(**outcomes)),
        ServiceEdge(name, "AWS::Lambda", name, "AWS::Lambda::Function", False, counts()),
        ServiceEdge(name, "AWS::Lambda::Function", name, "AWS::DynamoDB::Table", False, counts()),
    )
    nodes = tuple(ServiceNode(edge.target, edge.target_type, counts()) for edge in edges)
    return ServiceMap(nodes, edges)


@pytest.mark.parametrize("name", NASTY)
def test_every_line_is_a_statement_whatever_the_names_are(name: str) -> None:
    """Four nodes, three edges, and nothing else: no name ends a string."""
    first, *lines, last = dot(a_map(name)).splitlines()
    assert (first, last) == ("digraph services {", "}")
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert len(lines) == 3 + 4 + 3
    assert not re.search("[\x00-\x08\x1b\u202a-\u202e]", "".join(lines))


def test_what_went_wrong_has_its_colour_and_what_nobody_waits_for_is_dashed() -> None:
    """5xx before 429 before 4xx; one in a thousand is none."""
    assert "#c62828" in dot(a_map("web", fault=1, throttle=3))
    assert "#7b1fa2" in dot(a_map("web", throttle=1, error=3))
    assert "#e0a100" in dot(a_map("web", error=1))
    assert "#c62828" not in dot(a_map("web", ok=999, fault=1))
    assert "style=dashed" in dot(a_map("web", asynchronous=True))
    assert "style=dashed" not in dot(a_map("web"))
    assert "shape=cylinder" in dot(a_map("web"))
    assert '9 calls\\np50 / p95 100 / 100 ms"' in dot(a_map("web"))


@given(NAMES)
def test_no_two_names_of_the_map_look_alike(names: list[str]) -> None:
    """However long they are and whatever they have in common."""
    long = [f"{'shop-production-' * 4}{name}-of-the-shop-in-frankfurt" for name in names]
    edges = tuple(ServiceEdge(*CLIENT, name, "AWS::Lambda", False, counts()) for name in long)
    labels = re.findall(r'  n\d+ \[label="(.*?)\\n', dot(ServiceMap((), edges)))
    assert len(set(labels)) == len(set(long))


def test_an_empty_map_is_an_empty_graph() -> None:
    """Nothing to draw is no error."""
    assert dot(ServiceMap((), ())).splitlines()[-1] == "}"
    assert quoted([]) == '""'
