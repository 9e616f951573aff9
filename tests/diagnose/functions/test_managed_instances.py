"""Functions on Managed Instances."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.diagnose.functions.managed_instances import longest_timeout
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.rules.functions import (
    client_in_handler,
    cpu_starved,
    default_size,
    not_arm64,
    over_provisioned,
    reinit_loop,
    slow_init,
    timeout_kills,
)
from shopfast_obs.diagnose.rules.functions import (
    longest_timeout as longest,
)
from shopfast_obs.model.findings import Outcome
from shopfast_obs.model.resources import FUNCTION_URL, Resource
from shopfast_obs.model.sources import Client, Source
from tests.diagnose.builders import clear, declared, finished, found, function, killed, observed, written

PROVIDER = {
    "LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "arn:aws:lambda:x:1:capacity-provider:one"}
}


def managed(**properties: Any) -> Resource:
    """A function that a capacity provider runs."""
    return function(CapacityProviderConfig=PROVIDER, **properties)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (cpu_starved.RULE, "no CPU comes with MemorySize"),
        (over_provisioned.RULE, "not by the GB-second"),
        (not_arm64.RULE, "not by the GB-second"),
        (slow_init.RULE, "start before a request comes"),
        (reinit_loop.RULE, "start before a request comes"),
    ],
)
def test_what_rests_on_the_gb_second_or_the_cold_start_says_nothing(rule: Rule, reason: str) -> None:
    """An ordinary function with the same log is judged."""
    lines = [killed(n, 3.0, init_ms=6000) for n in range(5)]

    def judged(one: Resource) -> Outcome:
        return rule.check(one, observed(one, logs=written(one, *lines)))

    assert reason in clear(judged(managed()))
    assert reason not in str(judged(function()))


def test_more_time_is_no_more_memory_and_no_price() -> None:
    """Where it is killed at its own work."""
    web = managed(Timeout=3, MemorySize=512)
    lines = [killed(n, 3.0, memory_mb=512, used_mb=60) for n in range(5)]
    remedy = found(timeout_kills.RULE.check(web, observed(web, logs=written(web, *lines)))).remedy
    assert [change.property for change in remedy.changes] == ["Timeout"]
    assert "Managed Instances are paid by the instance" in remedy.summary
    assert "vCPU" not in remedy.summary


def test_a_job_may_take_an_hour_and_a_half_unless_somebody_waits() -> None:
    """5,400 s for events and event sources."""
    url = Resource(FUNCTION_URL, "u", properties={"TargetFunctionArn": "web"})
    assert longest_timeout(managed(), declared(managed())) == 5400
    assert longest_timeout(managed(), declared(managed(), url)) == 1800
    assert longest_timeout(function(), declared(function())) == 1800


@pytest.mark.parametrize(("seconds", "said"), [(1200, "Timeout is 1200"), (3600, "it may run 5,400 s")])
def test_a_long_timeout_there_is_not_the_longest(seconds: int, said: str) -> None:
    """The longest itself is."""
    one = managed(Timeout=seconds)
    assert said in clear(longest.RULE.check(one, declared(one)))
    whole = managed(Timeout=5400)
    assert "may run 5400 s" in found(longest.RULE.check(whole, declared(whole))).title


def test_the_default_memory_is_none_of_it() -> None:
    """Its timeout is."""
    one = managed(MemorySize=2048)
    assert "default Timeout of 3 s" in found(default_size.RULE.check(one, declared(one))).title


def test_a_client_made_in_the_request_has_no_share_of_a_cpu() -> None:
    """It is found, without a share."""
    source = Source((Client("sqs", "app.py", 3, in_function=True),))
    one = managed()
    assert "vCPU" not in found(client_in_handler.RULE.check(one, declared(one, sources={"web": source}))).title


def test_a_function_that_is_served_alone_is_judged_as_before() -> None:
    """Nothing of it is for ordinary functions."""
    one = function(Timeout=10, MemorySize=1769)
    context = observed(one, logs=written(one, *(finished(n, 0.1, memory_mb=1769) for n in range(5))))
    assert "vCPU" in clear(cpu_starved.RULE.check(one, context))
