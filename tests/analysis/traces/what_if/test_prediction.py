"""What changes would bring, on traces whose times are known: each kind of change, by route, with its price."""

import pytest

from shopfast_obs.analysis.traces.tree import TraceTree, tree
from shopfast_obs.analysis.traces.what_if.candidates import Survey
from shopfast_obs.analysis.traces.what_if.changes import Change, Sizes, change
from shopfast_obs.analysis.traces.what_if.prediction import Prediction, PredictionBuilder
from shopfast_obs.errors import UserError
from shopfast_obs.model.telemetry import Segment, Trace
from tests.analysis.traces.test_critical_path import part

FUNCTION = "AWS::Lambda::Function"
COLD = part("Initialization", 0.2, 0.9)


def get(number: int, start: float, seconds: float = 0.2, table: str = "items", name: str = "GetItem") -> Segment:
    """A call to DynamoDB."""
    aws = {"operation": name, "table_name": table}
    return Segment(f"c{number}", "DynamoDB", start, start + seconds, namespace="aws", aws=aws)


def request(*calls: Segment, start: float = 0.1, end: float = 1.9, fault: bool = False) -> TraceTree:
    """GET /list, answered after 2 s by `lister`, which makes the calls."""
    asked = {"request": {"method": "GET", "url": "https://shop.example/list"}}
    api = part("shop", 0.0, 2.0, origin="AWS::ApiGateway::Stage", http=asked, fault=fault)
    service = part("lister", 0.05, 1.95, id="s", parent_id="shop", origin="AWS::Lambda")
    function = part(
        "lister", start, end, *calls, id="f", parent_id="s", origin=FUNCTION, aws={"request_id": "r1"}, fault=fault
    )
    return tree(Trace("1-a", (api, service, function)))


LOOP = tuple(get(number, 0.2 + 0.25 * number) for number in range(6))  # to 1.65 s
ROW = (get(1, 0.2), get(2, 0.5, 0.4, "b"), get(3, 1.0, 0.1, "c"))  # pauses of 0.1 s


def predicted(text: str, *trees: TraceTree, sizes: Sizes | None = None) -> Prediction:
    """What the one change brings."""
    builder = PredictionBuilder([change(text)], sizes or Sizes({"r1": 512}))
    for one in trees:
        builder.add(one)
    (found,) = builder.result()
    return found


@pytest.mark.parametrize(
    ("text", "was", "then"),
    [
        ("instant=DynamoDB GetItem items", request(get(1, 0.2, 1.0)), 1.0),
        ("instant=lister: dynamodb *", request(*ROW), 2.0 - 0.7),
        ("batch=DynamoDB GetItem items", request(*LOOP), 2.0 - 5 * 0.25),
        ("at-once=lister: *", request(*ROW), 2.0 - (1.1 - 0.7)),  # the longest ends at 0.2 + 0.1 + 0.4
        ("warm=lister", request(COLD, get(1, 1.2), start=1.0), 2.0 - 0.85),  # but 0.1 s from runtime to function
        ("warm=*", request(part("Initialization", 0.1, 0.6), get(1, 1.2)), 2.0 - 0.5),
        ("memory=lister:1024", request(get(1, 0.2, 1.0)), 2.0 - 1.8 / 2),
    ],
)
def test_each_change_does_what_it_says(text: str, was: TraceTree, then: float) -> None:
    """Of a request of two seconds; where the truth lies between two times, the shorter one."""
    (route,) = predicted(text, was).routes
    assert (route.route, route.requests, route.changed) == ("GET /list", 1, 1)
    assert route.now.p50 == pytest.approx(2.0)
    assert route.least.p50 == pytest.approx(then)
    assert route.failing == 0


def test_more_than_a_batch_takes_are_several_batches() -> None:
    """Twelve messages, of which ten go into one call."""
    sends = [get(n, 0.2 + 0.1 * n, 0.1, name="SendMessage") for n in range(12)]
    (route,) = predicted("batch=*SendMessage*", request(*sends)).routes
    assert route.most.p50 == pytest.approx(2.0 - 10 * 0.1)


def test_what_lies_between_calls_of_a_batch_may_go_or_stay() -> None:
    """Five pauses of 0.05 s: work for each item, or what it took to make the calls."""
    (route,) = predicted("batch=DynamoDB GetItem items", request(*LOOP)).routes
    assert (route.least.p50, route.most.p50) == pytest.approx((0.75, 1.0))


@pytest.mark.parametrize(
    ("text", "was"),
    [
        ("batch=DynamoDB Query items", request(*(get(n, 0.2 + 0.25 * n, name="Query") for n in range(6)))),  # no batch
        ("batch=DynamoDB GetItem items", request(get(1, 0.2))),  # one call
        ("instant=DynamoDB GetItem stock", request(*LOOP)),
        ("warm=other", request(COLD, start=1.0)),
        ("timeout=lister:5", request(*LOOP)),
        ("memory=lister:512", request(*LOOP)),
    ],
)
def test_what_changes_nothing_is_not_predicted(text: str, was: TraceTree) -> None:
    """Neither a call that there is not nor one that has no batch."""
    builder = PredictionBuilder([change(text)], Sizes({"r1": 512}))
    builder.add(was)
    assert builder.result() == ()


def test_memory_is_a_range_unless_both_sizes_were_measured() -> None:
    """With twice the memory all of 1.8 s takes half, or only 0.8 s outside of the call; measured, a third of all."""
    was = request(get(1, 0.2, 1.0))
    (route,) = predicted("memory=lister:1024", was).routes
    assert (route.least.p50, route.most.p50) == pytest.approx((1.1, 1.6))
    measured = Sizes({"r1": 512}, {"lister": {512: 1.5, 1024: 0.5}})
    (route,) = predicted("memory=lister:1024", was, sizes=measured).routes
    assert (route.least.p50, route.most.p50) == pytest.approx((0.8, 0.8))


def test_the_price_is_that_of_lambdas_time() -> None:
    """A second less of 512 MB in each request, and half the time with twice the memory for the same."""
    saving = predicted("instant=DynamoDB GetItem items", request(get(1, 0.2, 1.0))).usd
    assert saving == pytest.approx((-1e6 * 0.5 * 0.0000166667,) * 2, rel=1e-4)
    assert predicted("memory=lister:1024", request(get(1, 0.2, 1.0))).usd == pytest.approx(
        (0.0, 1e6 * (1.4 * 1.0 - 1.8 * 0.5) * 0.0000166667), rel=1e-4, abs=1e-6
    )
    assert predicted("instant=DynamoDB *", request(*LOOP), sizes=Sizes()).usd is None


def test_a_call_that_takes_no_time_pays_no_function() -> None:
    """What it would wait for does not run; what it only starts does."""

    def called(end: float) -> TraceTree:
        api = part("shop", 0.0, 2.0, part("call", 0.1, 1.9, namespace="aws"), origin="AWS::ECS::Container")
        service = part("pricer", 0.15, min(end, 1.85), id="s", parent_id="call", origin="AWS::Lambda")
        inner = part("pricer", 0.2, end, id="f", parent_id="s", origin=FUNCTION, aws={"request_id": "r1"})
        return tree(Trace("1-a", (api, service, inner)))

    assert predicted("instant=call", called(1.8)).usd == pytest.approx((-1e6 * 1.6 * 0.5 * 0.0000166667,) * 2, rel=1e-4)


def test_requests_that_a_shorter_timeout_kills_have_no_times() -> None:
    """They fail, and are not quick."""
    prediction = predicted("timeout=lister:1.5", request(get(1, 0.2, 1.0)), request(get(1, 0.2, 1.0), end=1.4))
    (route,) = prediction.routes
    assert (route.requests, route.failing, route.most.count) == (2, 1, 1)


def test_an_api_is_not_advised_to_call_no_function() -> None:
    """Without that call there would be no request; the calls of the function are another matter."""
    survey = Survey()
    asked = {"request": {"method": "GET", "url": "https://shop.example/list"}}
    integration = part("Lambda", 0.0, 2.0, namespace="aws", aws={"operation": "Invoke", "function_name": "lister"})
    api = part("shop", 0.0, 2.0, integration, origin="AWS::ApiGateway::Stage", http=asked)
    function = part("lister", 0.1, 1.9, get(1, 0.2, 1.0), id="f", parent_id="Lambda", origin=FUNCTION)
    survey.add(tree(Trace("1-a", (api, function))))
    assert survey.changes({}) == (Change("instant", "lister: DynamoDB GetItem items"),)


def test_requests_that_failed_are_left_out_and_counted() -> None:
    """How long they take once they succeed nobody knows; a route on which all failed is named, too."""
    (route,) = predicted("instant=DynamoDB *", request(*LOOP), request(*LOOP, fault=True)).routes
    assert (route.requests, route.failed) == (1, 1)
    (route,) = predicted("instant=DynamoDB *", request(*LOOP, fault=True)).routes
    assert (route.route, route.requests, route.failed, route.most.count) == ("GET /list", 0, 1, 0)


def test_traces_suggest_changes() -> None:
    """A loop, a cold start, the call that takes most, and more memory where twenty invocations tell its size."""
    survey = Survey()
    for _ in range(20):
        survey.add(request(*LOOP))
    survey.add(request(COLD, get(1, 1.2, 0.1), start=1.0))
    assert set(survey.changes({"r1": 128})) == {
        Change("instant", "lister: DynamoDB GetItem items"),
        Change("batch", "lister: DynamoDB GetItem items"),
        Change("warm", "lister"),
        Change("memory", "lister", 512),
    }
    assert all(one.kind != "memory" for one in survey.changes({}))


@pytest.mark.parametrize("text", ["", "faster", "memory=lister", "memory=lister:0", "turbo=lister", "instant="])
def test_what_is_no_change_is_refused_with_an_example(text: str) -> None:
    """In one sentence, with what may stand there."""
    with pytest.raises(UserError) as refused:
        change(text)
    assert "=" in (refused.value.hint or "")


@pytest.mark.parametrize("text", ["memory=orders:1024", "instant=orders: GET /x:1 of y", "timeout=orders:2.5"])
def test_a_change_is_written_as_it_is_read(text: str) -> None:
    """So that a saved prediction names it as the command line does."""
    assert str(change(text)) == text
