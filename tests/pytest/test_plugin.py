"""The plugin in a project of its own: what it costs, and its fixtures on a real local cloud."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytest_plugins = "pytester"
ROOT = Path(__file__).parents[2]
PLUGIN = ("-p", "shopfast_obs.pytest", "-p", "no:cacheprovider")
FAILING = """
def test_what_is_not_there(captured_telemetry, local_cloud):
    local_cloud.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Sold", "Value": 2}])
    captured_telemetry.assert_metric("Sold", 2)
    captured_telemetry.assert_metric("Sold", 3, within=0.1)


def test_what_an_earlier_test_did(captured_telemetry, local_cloud):
    local_cloud.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Sold", "Value": 5}])
    captured_telemetry.assert_metric("Sold", 5, namespace="Shop")
    captured_telemetry.assert_traced("nobody", within=0.1)
"""
AFTERWARDS = """
import os

def test_the_environment_of_a_test(local_cloud):
    assert os.environ["AWS_ENDPOINT_URL"] == local_cloud.endpoint_url
    assert "AWS_PROFILE" not in os.environ

def test_the_environment_after_it(local_cloud_session):
    assert "AWS_ENDPOINT_URL" not in os.environ
    assert os.environ["AWS_PROFILE"] == "mine"
"""


def test_a_project_that_uses_none_of_it_pays_for_one_small_module() -> None:
    """pytest imports it in every project of the environment."""
    program = (
        "import sys, pytest; before = set(sys.modules); import shopfast_obs.pytest;"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['shopfast_obs', 'shopfast_obs.pytest']"


def test_it_is_registered_under_the_name_of_its_module() -> None:
    """So that `-p` and the entry point are one plugin, which is registered once."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"shopfast_obs.pytest": "shopfast_obs.pytest"}


def test_fixtures_of_a_project_with_the_same_name_win(pytester: pytest.Pytester) -> None:
    """A suite that has a `local_cloud` of its own goes on as before, warnings being errors and markers strict."""
    pytester.makepyfile(
        "import pytest\n@pytest.fixture\ndef local_cloud(): return 1\ndef test(local_cloud): assert local_cloud == 1"
    )
    strict = ("-W", "error", "-W", "ignore::pytest.PytestAssertRewriteWarning", "--strict-markers", "--strict-config")
    done = pytester.runpytest_inprocess(*PLUGIN, *strict)  # in a process that has the module already
    done.assert_outcomes(passed=1)


def test_the_fixtures_are_listed_with_what_they_give(pytester: pytest.Pytester) -> None:
    """As `pytest --fixtures` shows them."""
    done = pytester.runpytest_inprocess(*PLUGIN, "--fixtures")
    for name in ("local_cloud", "local_cloud_session", "captured_telemetry", "seeded_clock"):
        assert re.search(rf"^{name}\b.*\n    \w+", done.stdout.str(), re.MULTILINE), name


def test_a_cloud_that_cannot_start_fails_the_test_with_the_reason(pytester: pytest.Pytester) -> None:
    """In a sentence; a skipped test would be no test."""
    pytester.makepyprojecttoml("[tool.shopfast-obs]\nruntime_boto3 = 'newest'\n")
    pytester.makepyfile("def test(local_cloud): ...")
    done = pytester.runpytest_inprocess(*PLUGIN)
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*'runtime_boto3' of *tool.shopfast-obs* is 'newest', which is no version of boto3. *"])


@pytest.mark.slow
def test_the_example_of_the_page_runs_by_two_workers(pytester: pytest.Pytester) -> None:
    """Each with a cloud of its own; none is left."""
    page = (ROOT / "docs/guides/pytest.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    pytester.makepyfile(test_first=example, test_second=example)
    done = pytester.runpytest_subprocess(*PLUGIN, "-n", "2", "--dist", "loadfile", "--basetemp", "made")
    done.assert_outcomes(passed=4)
    states = list((pytester.path / "made").glob("*/local-cloud0/state"))
    assert len(states) == 2
    assert not [state for state in states if (state / "cloud.json").exists()]


@pytest.mark.slow
def test_a_failure_shows_what_was_captured_in_this_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not what an earlier one did; the environment is as before after each."""
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    pytester.makepyfile(test_failing=FAILING, test_afterwards=AFTERWARDS)
    done = pytester.runpytest_subprocess(*PLUGIN)
    done.assert_outcomes(passed=2, failed=2)
    done.stdout.fnmatch_lines(
        [
            "E*No metric 'Sold' with total=3 was captured within 0.1 s.",
            "E*  Shop Sold sum 2 of 1*",
            "E*No segment 'nobody' was captured within 0.1 s.",
            "E*There were no segments.",
        ]
    )
