"""What instrumented source needs around it."""

import os
import subprocess
import sys
from typing import Any

import pytest

from shopfast_obs.instrument.infrastructure import overlay as needs
from shopfast_obs.model.overlay import Overlay, ResourceOverlay
from shopfast_obs.model.resources import FUNCTION, REST_STAGE, STATE_MACHINE, Inventory, Resource

HANDLERS = {"app.lambda_handler"}


def function(name: str, **properties: Any) -> Resource:
    """A Python function as a template declares it."""
    values = {"Handler": "app.lambda_handler", "Runtime": "python3.11", "Code": {"S3Key": "k"}, **properties}
    return Resource(FUNCTION, name, stack="shop-services", properties=values)


def wanted(*resources: Resource) -> dict[str, ResourceOverlay]:
    """The changes by the resource's name."""
    return {change.name: change for change in needs.wanted(Inventory("test", resources), HANDLERS).changes}


def test_a_blind_function_gets_tracing_layers_log_format_and_names() -> None:
    """The service's name is the function's within the application."""
    changes = wanted(function("shop-orders"), function("shop-stock-service"))
    assert changes["shop-stock-service"] == ResourceOverlay(
        FUNCTION,
        "shop-stock-service",
        {
            "TracingConfig.Mode": "Active",
            "LoggingConfig.LogFormat": "JSON",
            "LoggingConfig.ApplicationLogLevel": "INFO",
            "Environment.Variables.POWERTOOLS_SERVICE_NAME": "stock-service",
            "Environment.Variables.POWERTOOLS_METRICS_NAMESPACE": "shop",
            "Environment.Variables.POWERTOOLS_LOG_LEVEL": "INFO",
        },
        ("powertools", "runtime"),
    )


def test_what_a_function_says_itself_is_not_said_again() -> None:
    """Nor is a value that somebody chose changed."""
    change = wanted(
        function(
            "shop-orders",
            TracingConfig={"Mode": "Active"},
            LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"},
            Environment={"Variables": {"POWERTOOLS_SERVICE_NAME": "orders"}},
        )
    )["shop-orders"]
    assert set(change.properties) == {
        "Environment.Variables.POWERTOOLS_METRICS_NAMESPACE",
        "Environment.Variables.POWERTOOLS_LOG_LEVEL",
    }


@pytest.mark.parametrize(
    "other",
    [
        function("x", Handler="index.handler"),
        function("x", Runtime="nodejs22.x"),
        function("x", Code={"ZipFile": "def lambda_handler..."}),
        Resource(FUNCTION, "x", properties={"PackageType": "Image"}),
    ],
)
def test_functions_that_are_not_instrumented_stay_as_they_are(other: Resource) -> None:
    """They would carry layers for nothing."""
    assert wanted(other) == {}


def test_stages_and_workflows_are_traced() -> None:
    """Unless they are."""
    changes = wanted(
        Resource(REST_STAGE, "prod"),
        Resource(REST_STAGE, "traced", properties={"TracingEnabled": True}),
        Resource(STATE_MACHINE, "flow"),
    )
    assert {name: dict(change.properties) for name, change in changes.items()} == {
        "prod": {"TracingEnabled": True},
        "flow": {"TracingConfiguration.Enabled": True},
    }


def test_the_overlay_keeps_what_it_decides_already() -> None:
    """Somebody's LogFormat stays; a second time changes nothing."""
    old = Overlay((ResourceOverlay(FUNCTION, "f", {"Timeout": 30, "LoggingConfig.LogFormat": "Text"}),))
    changes = tuple(wanted(function("f")).values())
    new = needs.merged(old, changes)
    (resource,) = new.resources
    assert resource.properties["LoggingConfig.LogFormat"] == "Text"
    assert resource.properties["Timeout"] == 30
    assert resource.properties["TracingConfig.Mode"] == "Active"
    assert resource.layers == ("powertools", "runtime")
    assert needs.merged(new, changes) == new


@pytest.mark.parametrize(
    ("names", "stacks", "application"),
    [
        (["shop-orders", "shop-stock"], [], "shop"),
        (["shop-eu-orders", "shop-eu-stock"], [], "shop-eu"),
        (["orders", "stock"], ["Backend"], "Backend"),
        (["orders-a", "stock-a"], ["Backend"], "Backend"),
        (["orders"], ["Backend"], "Backend"),
        (["orders"], [], "orders"),
        ([], [], "application"),
    ],
)
def test_the_application_is_what_the_names_have_in_common(
    names: list[str], stacks: list[str], application: str
) -> None:
    """Whole words from the start, else the stack."""
    assert needs.application_name(names, stacks) == application


def test_a_reader_is_told_what_changes_mean() -> None:
    """One sentence for the functions, one for each other thing."""
    changes = tuple(wanted(function("f"), Resource(STATE_MACHINE, "flow")).values())
    assert len(list(needs.sentences(changes))) == 2
    assert next(iter(needs.sentences(changes))).startswith("When deployed, 1 function will")


@pytest.mark.parametrize(
    ("log_format", "level", "root"), [("", "", "WARNING"), ("JSON", "INFO", "INFO"), ("JSON", "WARN", "WARNING")]
)
def test_json_logs_set_the_level_of_the_root_logger(log_format: str, level: str, root: str) -> None:
    """What the plan says of them is what Lambda's own runtime client does."""
    code = (
        "import logging; from awslambdaric import bootstrap as b;"
        "b._setup_logging(b._AWS_LAMBDA_LOG_FORMAT, b._AWS_LAMBDA_LOG_LEVEL, b.create_log_sink());"
        "print(logging.getLevelName(logging.getLogger().level))"
    )
    switches = {"AWS_LAMBDA_LOG_FORMAT": log_format, "AWS_LAMBDA_LOG_LEVEL": level}
    environment = {**os.environ, **{key: value for key, value in switches.items() if value}}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == root


def test_the_log_format_of_some_changes_is_json() -> None:
    """Not that of others."""
    assert needs.switches_to_json(tuple(wanted(function("f")).values()))
    assert not needs.switches_to_json([ResourceOverlay(FUNCTION, "f", {"TracingConfig.Mode": "Active"})])
