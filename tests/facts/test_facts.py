"""Facts with a date."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest

from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.facts import FOLDER, STALE, every, fact, facts, number, partitions, whole
from shopfast_obs.runtime.payload import LIMITS

ROOT = Path(__file__).parents[2]


def test_each_fact_says_from_where_and_of_which_day_it_is() -> None:
    """And what it is."""
    for one in every().values():
        assert one.what and one.source and one.said
        assert date(2026, 1, 1) <= date.fromisoformat(one.as_of)


def test_no_fact_has_the_id_of_a_rule() -> None:
    """`explain` takes both."""
    assert not every().keys() & {rule.id for rule in catalogue()}
    assert {name for rule in catalogue() for name in rule.facts} <= every().keys()


def test_a_fact_is_stale_after_half_a_year() -> None:
    """The day after, not the day itself."""
    one = replace(fact("lambda-max-timeout"), as_of="2026-11-30")
    last = date(2026, 11, 30) + timedelta(days=STALE)
    assert (one.is_stale(last), one.is_stale(last + timedelta(days=1)), one.age(last)) == (False, True, STALE)


def test_values_have_their_unit() -> None:
    """As a reader wants them."""
    assert fact("lambda-max-timeout").said == "1,800 s"
    assert fact("lambda-price-gb-second").said == "0.0000166667 USD"
    assert fact("cloudwatch-price-metric").said == "0.3 USD"
    assert fact("python3.11").said == (
        "patched until 2027-06-30, no creation from 2027-07-31, no update from 2027-08-31"
    )


def test_a_number_is_asked_for_as_one() -> None:
    """Else whoever asks is wrong."""
    assert (whole("lambda-max-timeout"), number("lambda-price-managed-fee")) == (1800, 0.15)
    with pytest.raises(TypeError, match="not a number"):
        number("sdk-standard-since")
    with pytest.raises(TypeError, match="not a whole number"):
        whole("lambda-price-managed-fee")
    with pytest.raises(KeyError):
        fact("nobody-wrote-it-down")


def test_the_runtimes_have_the_days_that_cfn_lint_has() -> None:
    """All that it knows, and no other day; what only the page or the service model has is not compared."""
    import cfnlint

    file = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "LmbdRuntimeLifecycle.json"
    theirs = {
        name: (said["deprecated"], said["create-block"], said["update-block"])
        for name, said in json.loads(file.read_text(encoding="utf-8")).items()
    }
    ours = {
        name: (said["patched_until"], said["no_creation_from"], said["no_update_from"])
        for name, said in facts("runtimes")["runtimes"].items()
        if any(said.values()) and name not in ("dotnet5.0", "dotnet7")
    }
    assert ours == theirs
    assert f"cfn-lint {version('cfn-lint')}" in facts("runtimes")["source"], "read the page again, then say so"


def test_the_layer_was_looked_up_beside_the_locked_powertools() -> None:
    """A new version in the lock asks for a look at the layer's page."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = re.search(r"^aws-lambda-powertools==([\w.]+)", lock, re.MULTILINE)
    assert locked is not None
    assert fact("powertools-version").value == locked[1], "look up the layer's version, then say so in layers.json"


def test_what_ships_inside_a_function_knows_the_same_limits() -> None:
    """It imports nothing of ours, so its numbers are a copy."""
    names = ("sns-max-message", "events-max-entry", "sqs-max-message")
    assert {whole(name) for name in names} <= set(LIMITS)


def test_each_number_stands_in_one_place() -> None:
    """Outside of the facts nobody writes a price or an account of a layer."""
    said = re.compile(r"0\.0000166667|0\.0000133334|017000801446|464622532012")
    wrong = [
        str(path)
        for path in (ROOT / "shopfast_obs").rglob("*.py")
        if said.search(path.read_text(encoding="utf-8")) and FOLDER not in path.parents
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ("local", "aws", "amazonaws.com"),
    ],
)
def test_a_region_tells_its_partition(region: str, partition: str, suffix: str) -> None:
    """By AWS's own patterns."""
    assert (partitions.of_region(region), partitions.suffix(region)) == (partition, suffix)


def test_the_powertools_layer_is_another_accounts_in_other_partitions() -> None:
    """And in some there is none."""
    made = {region: partitions.powertools_layer(region, "python3.13", "arm64") for region in REGIONS}
    assert made["us-east-1"] == (
        "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:27"
    )
    assert "arn:aws-cn:lambda:cn-north-1:498634801083:layer:" in str(made["cn-north-1"])
    assert "arn:aws-us-gov:lambda:us-gov-east-1:165087284144:layer:" in str(made["us-gov-east-1"])
    assert "arn:aws-us-gov:lambda:us-gov-west-1:165093116878:layer:" in str(made["us-gov-west-1"])
    assert made["us-iso-east-1"] is None


REGIONS = ("us-east-1", "cn-north-1", "us-gov-east-1", "us-gov-west-1", "us-iso-east-1")
