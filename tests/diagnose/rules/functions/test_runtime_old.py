"""Rule lambda-runtime-old."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.functions.runtime_old import RULE
from shopfast_obs.facts import facts
from shopfast_obs.model.resources import FUNCTION, Resource
from tests.diagnose.builders import clear, declared, found


def one(**properties: object) -> Resource:
    """A resource of the type."""
    return Resource(FUNCTION, "it", "It", "app", properties=properties)


@pytest.mark.parametrize(
    ("runtime", "since"),
    [
        ("python3.8", "2024-10-14"),
        ("dotnet8", "2026-11-10"),
        ("provided.al2", "2026-07-31"),
        ("nodejs10.x", "2021-07-30"),
        ("dotnet5.0", "2022-05-10"),
        ("ruby3.2", "2026-03-31"),
    ],
)
def test_found_when_aws_has_stopped_patching(runtime: str, since: str) -> None:
    """With the day."""
    bad = one(Runtime=runtime)
    assert (
        f"it runs on {runtime}, which AWS does not patch since {since}" in found(RULE.check(bad, declared(bad))).title
    )


def test_found_with_what_will_be_blocked() -> None:
    """And nothing can be changed later."""
    bad = one(Runtime="dotnet8")
    title = found(RULE.check(bad, declared(bad))).title
    assert title.endswith("none can be created from 2027-02-01 on, and none changed from 2027-03-03 on")
    gone = one(Runtime="python2.7")
    assert found(RULE.check(gone, declared(gone))).title.endswith("it can no longer be changed")


@pytest.mark.parametrize(
    "runtime", ["python3.14", "python3.15", "java8.al2", "provided.al2023", "nodejs22.x", "custom"]
)
def test_clear_while_it_is_patched(runtime: str) -> None:
    """Also one that is newer than the table."""
    fine = one(Runtime=runtime)
    assert runtime in clear(RULE.check(fine, declared(fine)))
    assert clear(RULE.check(one(), declared(one()))) == "an image brings its own runtime"


def test_the_table_has_a_day_and_a_source() -> None:
    """So that a reader knows how old it is."""
    assert facts("runtimes")["as_of"].startswith("20")
    assert "docs.aws.amazon.com" in facts("runtimes")["source"]
