"""How often an SDK client tries one call."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.diagnose.functions.sdk_retries import Attempts, attempts
from shopfast_obs.model.sources import UNREAD, Client, Package, Source
from tests.diagnose.builders import function

OLD, NEW = (Package("botocore", f"=={version}", "p") for version in ("1.43.106", "1.44.8"))
# Counted with both versions by a client whose every call fails: mode, AWS_RETRY_MODE, service, attempts old and new.
MEASURED = [
    ("", "", "sqs", 5, 3),
    ("", "", "dynamodb", 10, 4),
    ("standard", "", "sqs", 3, 3),
    ("standard", "", "dynamodb", 3, 4),
    ("", "legacy", "sqs", 5, 5),
    ("", "legacy", "dynamodb", 10, 10),
    ("standard", "legacy", "dynamodb", 3, 4),
    ("", "standard", "sqs", 3, 3),
    ("", "standard", "dynamodb", 3, 4),
]


def asked(client: Client, variables: dict[str, Any], **source: Any) -> Attempts | None:
    """What is known of a client in a function with these variables."""
    return attempts(client, function(Environment={"Variables": variables}), Source((client,), **source))


@pytest.mark.parametrize(("mode", "variable", "service", "old", "new"), MEASURED)
def test_the_mode_and_the_version_decide(mode: str, variable: str, service: str, old: int, new: int) -> None:
    """As measured with boto3 1.43.106 and 1.44.8."""
    client = Client(service, "app.py", 1, mode=mode)
    variables = {"AWS_RETRY_MODE": variable} if variable else {}
    for package, count in ((OLD, old), (NEW, new)):
        found = asked(client, variables, packages=(package,))
        assert found is not None
        assert (found.least, found.most) == (count, count)


def test_a_number_that_somebody_gave_comes_first() -> None:
    """Config, then the environment, then the configuration file."""
    own = Client("dynamodb", "app.py", 1, attempts=2)
    assert asked(own, {"AWS_MAX_ATTEMPTS": "7"}) == Attempts(2, 2, "its Config")
    plain = Client("dynamodb", "app.py", 1)
    file = (("max_attempts", "6"), ("retry_mode", "standard"))
    assert asked(plain, {"AWS_MAX_ATTEMPTS": "7"}, sdk=file) == Attempts(7, 7, "AWS_MAX_ATTEMPTS")
    assert asked(plain, {}, sdk=file) == Attempts(6, 6, "its AWS config")
    by_file = asked(plain, {}, sdk=file[1:], packages=(OLD,))
    assert by_file == Attempts(3, 3, "the mode standard of its AWS config")


def test_without_a_version_both_counts_are_told() -> None:
    """The runtime's own is not published."""
    found = asked(Client("sqs", "app.py", 1), {})
    assert found is not None
    assert (found.least, found.most) == (3, 5)
    assert asked(Client("sqs", "app.py", 1), {"AWS_MAX_ATTEMPTS": {"Ref": "Tries"}}) is None
    assert asked(Client("sqs", "app.py", 1, variable="config"), {}) is None
    assert asked(Client("sqs", "app.py", 1, mode=UNREAD), {}) is None
