"""What stops working on which day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from shopfast_obs.diagnose.deadlines import Deadline, deadlines, unread
from shopfast_obs.facts import STALE, fact
from shopfast_obs.model.recording import Recording
from shopfast_obs.model.resources import FUNCTION, FUNCTION_URL, PERMISSION, QUEUE, Gap, Inventory, Resource
from shopfast_obs.model.sources import Client, Package, Source

READ = ("src/app.py",)
TODAY = date(2026, 11, 30)


def function(name: str = "web", **properties: Any) -> Resource:
    """A function of a template."""
    return Resource(FUNCTION, name, name, "app", properties=properties)


def found(*resources: Resource, region: str = "", **sources: Source) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """The functions by day, subject and effect."""
    result = deadlines([Recording(Inventory("x", resources), None, sources, region)])
    return {(one.day, one.subject, one.effect): one.functions for one in result.found}


def said(*resources: Resource, **sources: Source) -> list[tuple[str, str]]:
    """Day and subject, in their order."""
    return [(day, subject) for day, subject, _ in found(*resources, **sources)]


def test_a_runtime_has_three_days() -> None:
    """With all functions on it, sorted by day."""
    one, other = function("a", Runtime="python3.10"), function("b", Runtime="python3.10")
    assert found(other, one) == {
        ("2026-10-31", "python3.10", "AWS stops patching it; next: python3.14"): ("a", "b"),
        ("2027-02-01", "python3.10", "no function can be created on it"): ("a", "b"),
        ("2027-03-03", "python3.10", "no function on it can be updated, code or configuration"): ("a", "b"),
    }


def test_past_is_what_has_come() -> None:
    """On the day itself, too."""
    result = deadlines([Recording(Inventory("x", (function(Runtime="python3.10"),)))])
    assert [one.day for one in result.past(TODAY)] == ["2026-10-31"]
    assert [one.left(TODAY) for one in result.found] == [-30, 63, 93]
    assert len(result.past(date(2027, 2, 1))) == 2
    assert Deadline("", "sdk", "s", "e", (), fact("sdk-of-runtimes")).left(TODAY) is None


def test_the_facts_behind_them_may_be_stale() -> None:
    """Half a year after somebody read them."""
    result = deadlines([Recording(Inventory("x", (function(Runtime="python3.10"),)))])
    late = date.fromisoformat(fact("python3.10").as_of) + timedelta(days=STALE + 1)
    assert (result.stale(TODAY), [one.id for one in result.stale(late)]) == ((), ["python3.10"])


def test_the_xray_sdk_ends_for_who_imports_it() -> None:
    """In Powertools' Tracer, too; a Logger alone has nothing of it."""
    traced = Source(modules=READ, imports=("aws_lambda_powertools.Tracer",))
    logged = Source(modules=READ, imports=("aws_lambda_powertools.Logger", "boto3"))
    plain = Source(modules=READ, imports=("aws_xray_sdk.core.patch_all",))
    result = found(function("a"), function("b"), function("c"), a=traced, b=logged, c=plain)
    subject = "the X-Ray SDK, alone or in Powertools' Tracer"
    assert {key[:2]: names for key, names in result.items()} == {
        ("2026-02-25", subject): ("a", "c"),
        ("2027-02-25", subject): ("a", "c"),
    }


def test_without_the_source_a_layer_tells() -> None:
    """Of a function that is traced."""
    layer = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:27"
    assert [day for day, _ in said(function(Layers=[layer], TracingConfig={"Mode": "Active"}))] == [
        "2026-02-25",
        "2027-02-25",
    ]
    assert said(function(Layers=[layer])) == []


def test_a_url_with_one_permission() -> None:
    """Its callers get 403."""
    url = Resource(FUNCTION_URL, "u", properties={"TargetFunctionArn": "web", "AuthType": "NONE"})
    first = Resource(
        PERMISSION, "p", properties={"FunctionName": "web", "Action": "lambda:InvokeFunctionUrl", "Principal": "*"}
    )
    assert said(function(), url, first) == [("2026-11-01", "Function URL")]
    assert said(function(), url) == []


def clients(*made: Client, **more: Any) -> Source:
    """A source with these clients."""
    return Source(made or (Client("sqs", "app.py", 1),), modules=READ, **more)


def test_the_sdk_of_the_package_changes_how_often_it_tries() -> None:
    """With its next update; of a range with the next build; of the runtime's nobody names a day."""
    old = clients(packages=(Package("boto3", "==1.34.0", "p"),))
    open_ = clients(packages=(Package("boto3", ">=1.26", "p"),))
    new = clients(packages=(Package("boto3", "==1.44.8", "p"),))
    result = found(*(function(name) for name in "abcd"), a=old, b=open_, c=new, d=clients())
    assert {key[:2]: names for key, names in result.items()} == {
        ("2026-11-10", "boto3 ==1.34.0"): ("a",),
        ("2026-11-10", "boto3 >=1.26"): ("b",),
        ("", "the runtime's boto3"): ("d",),
    }
    assert list(result)[-1][0] == ""


def test_nothing_changes_for_who_says_how_often() -> None:
    """In a Config, the environment or a configuration file; or who makes no client."""
    for source in (
        clients(Client("sqs", "app.py", 1, attempts=2)),
        clients(Client("sqs", "app.py", 1, mode="standard")),
        clients(sdk=(("retry_mode", "legacy"),)),
        Source(modules=READ),
    ):
        assert said(function(), web=source) == []
    variables = {"Variables": {"AWS_RETRY_MODE": "standard"}}
    assert said(function(Environment=variables), web=clients()) == []


def test_what_cannot_be_judged_is_said() -> None:
    """With how many functions it concerns."""
    resources = (
        function("a", Runtime={"Ref": "R"}),
        function("b"),
        function("c", Runtime="custom"),
        function("d", Runtime="python3.15"),
        function("e", Runtime="python3.14"),
        function("f", Runtime="nodejs99.x"),
    )
    result = deadlines([Recording(Inventory("x", resources))])
    assert result.functions == 6
    assert result.unknown == (
        "1 function: a container image brings a runtime of its own, whose days are not known",
        "1 function: a runtime that its owner manages (custom) has days of its own",
        "1 function: no day of the runtime nodejs99.x is known",
        "1 function: no day of the runtime python3.15 is known",
        "1 function: the runtime is left to a parameter",
        "2 functions: the source is not here, so neither its SDK nor its tracing is known for sure",
    )


def test_of_several_regions_each_function_has_its_own() -> None:
    """Two of one name are two."""
    assert next(iter(found(function(Runtime="python3.8"), region="eu-west-1").values())) == ("web (eu-west-1)",)


def test_what_was_not_read_is_a_gap_where_it_matters() -> None:
    """Queues are none of it."""
    gaps = (Gap("functions", "denied", (FUNCTION,)), Gap("queues", "denied", (QUEUE,)))
    assert unread([Recording(Inventory("x", (), gaps))]) == ("functions: denied",)
