"""Recordings without secrets find what they found."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.analysis.sensitive import Masker
from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.diagnose.masking import masked
from shopfast_obs.model.recording import Recording
from shopfast_obs.model.resources import Gap, Inventory
from shopfast_obs.model.sources import Call, Source
from shopfast_obs.model.telemetry import (
    AlarmStatus,
    MetricSeries,
    Observations,
    Segment,
    TimeRange,
    Trace,
    TracedException,
)
from shopfast_obs.parse.recording import write
from shopfast_obs.testing import log_events
from tests.diagnose.builders import START, function, observed

SECRETS = (
    "joe.doe@shop.example",
    "AKIAZX7QW3ERT5YU8I9O",
    "hunter2hunter2",
    "4929 1234 5678 9012",
    "s3cr3t-value",
    "Zq81mmTR",
)
LINES = (
    "mail to joe.doe@shop.example failed",
    "using AKIAZX7QW3ERT5YU8I9O",
    'login {"password": "hunter2hunter2"}',
    "charged 4539 1488 0343 6467",
    "nothing to hide here",
)


def recording() -> Recording:
    """A function that logs what it should not, and keeps a secret in its environment."""
    variables = {"DB_PASSWORD": "s3cr3t-value", "API_TOKEN": "Zq81mmTR", "SECRET_ARN": "arn:aws:x", "TABLE": "orders"}
    web = function("web", Environment={"Variables": variables}, TracingConfig={"Mode": "Active"})
    events = log_events("/aws/lambda/web", [(START + n, line) for n, line in enumerate(LINES)])
    failed = TracedException("E", "no user joe.doe@shop.example", "1")
    segment = Segment(
        "a", "web", START, START + 1, origin="AWS::Lambda::Function", exceptions=(failed,),
        metadata={"auth": {"token": "Zq81mmTR"}}, annotations={"mail": "joe.doe@shop.example"},
    )  # fmt: skip
    trace = Trace("1-a", (segment._replace(subsegments=(segment,)),))
    context = observed(web, logs={"/aws/lambda/web": events}, traces=[trace])
    return Recording(context.inventory, context.observations)


def test_no_secret_is_left() -> None:
    """Neither in lines, nor variables, nor traces."""
    text = str(masked(recording()))
    for secret in (
        "joe.doe@shop.example",
        "AKIAZX7QW3ERT5YU8I9O",
        "hunter2",
        "0343 6467"[:4] + " 6467",
        "s3cr3t",
        "Zq81",
    ):
        assert secret not in text
    assert "nothing to hide here" in text
    assert "'TABLE': 'orders'" in text
    assert "arn:aws:x" in text


def test_what_stands_beside_lines_is_masked_too() -> None:
    """Reasons of alarms and gaps, dimensions of metrics, literals of sources; one value is the same in two regions."""
    mail, window = "joe.doe@shop.example", TimeRange(START, START + 60)
    seen = Observations(
        window,
        metrics=(MetricSeries("Shop", "Orders", (("customer", mail),), "Sum", 60),),
        alarms=(AlarmStatus("a", "ALARM", f"too many orders of {mail}"),),
        gaps=(Gap("logs", "DB_PASSWORD=hunter2hunter2 was refused"),),
    )
    call = Call("connect", "app.py", 3, (("password", "hunter2hunter2"), ("Source", "orders")))
    inventory = Inventory("local", gaps=(Gap("queues", f"denied to {mail}"),))
    masker = Masker()
    first = masked(Recording(inventory, seen, {"web": Source(calls=(call,))}), masker)
    second = masked(Recording(replace(inventory, gaps=()), replace(seen, gaps=()), region="b"), masker)
    assert not any(secret in f"{first}{second}" for secret in SECRETS)
    assert first.sources["web"].calls[0].literals[1] == ("Source", "orders")
    assert first.observations is not None
    assert second.observations is not None
    assert first.observations.metrics == second.observations.metrics
    assert first.observations.alarms == second.observations.alarms


def test_the_rules_find_the_same() -> None:
    """Word for word: what stands in is of the same kind, and shown the same."""
    before = recording()
    after = masked(before)
    rules_before = diagnose(before.inventory, before.observations)
    rules_after = diagnose(after.inventory, after.observations)
    assert rules_after == rules_before
    found = {f.rule for f in rules_before.findings}
    assert {"logs-personal-data", "logs-secrets"} <= found


def test_masking_twice_changes_nothing_more() -> None:
    """The file of a replay is the file that was replayed."""
    once = masked(recording())
    assert write([masked(once)]) == write([once])


def test_what_has_no_secrets_stays() -> None:
    """The same object, not a copy."""
    before = recording()
    assert before.observations is not None
    quiet = replace(before, observations=replace(before.observations, logs={}))
    assert masked(quiet).inventory.resources[0].properties["Timeout"] == 3
