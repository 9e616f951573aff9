"""What a PromQL query selects."""

import pytest

from shopfast_obs.analysis.metrics.promql import Matcher, PromQuery, Selector, read_promql

WEB = Matcher("FunctionName", "=", "web")


@pytest.mark.parametrize(
    ("text", "selectors", "kept"),
    [
        ('{"Errors", FunctionName="web"} > 0', (Selector("Errors", (WEB,)),), None),
        ('{__name__="Errors","FunctionName"=\'web\'}', (Selector("Errors", (WEB,)),), None),
        ('Errors{FunctionName="web"}', (Selector("Errors", (WEB,)),), None),
        (
            '{"http.server.duration", "@resource.service.name"=~"shop-.*", "@instrumentation.@name"="x"} > 2',
            (Selector("http.server.duration", (Matcher("service.name", "=~", "shop-.*"), Matcher("scope", "=", "x"))),),
            None,
        ),
        ("sum by (FunctionName) (rate(Errors[5m])) > 0.1", (Selector("Errors"),), frozenset({"FunctionName"})),
        ('sum({"Errors"}) by ("@datapoint.FunctionName", x)', (Selector("Errors"),), frozenset({"FunctionName", "x"})),
        ("sum(Errors) / sum(Invocations)", (Selector("Errors"), Selector("Invocations")), frozenset()),
        ("sum without (pod) (Errors)", (Selector("Errors"),), None),
        ('topk(3, {"Errors"})', (Selector("Errors"),), None),
        ('{a="{b}", c!~"\\"d"}', (Selector("", (Matcher("a", "=", "{b}"), Matcher("c", "!~", '"d'))),), None),
        ('{"@datapoint.@name"="Errors"} * on (a) group_left x', (Selector("Errors"), Selector("x")), None),
        ("up == 0", (Selector("up"),), None),
    ],
)
def test_what_a_query_selects(text: str, selectors: tuple[Selector, ...], kept: frozenset[str] | None) -> None:
    """Names with and without quotes, labels without CloudWatch's scopes, and the labels that an aggregation keeps."""
    assert read_promql(text) == PromQuery(selectors, kept)


def test_a_text_that_is_no_query_selects_nothing_and_takes_no_time() -> None:
    """Nor does one that is too long."""
    assert read_promql("") == PromQuery(())
    assert read_promql("a" * 20_000) == PromQuery(())
    assert len(read_promql("{" * 9_000).selectors) == 0
