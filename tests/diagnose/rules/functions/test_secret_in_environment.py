"""Rule lambda-secret-in-environment."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.functions.secret_in_environment import RULE
from shopfast_obs.model.resources import Resource
from tests.diagnose.builders import clear, declared, found, function


def web(**variables: object) -> Resource:
    """A function with these variables."""
    return function(Environment={"Variables": variables})


def test_found_by_name_or_by_form() -> None:
    """The value is not shown."""
    leaky = web(DB_PASSWORD="hunter22-x", KEY="AKIAIOSFODNN7EXAMPLE")
    finding = found(RULE.check(leaky, declared(leaky)))
    assert finding.title == "web has 2 secrets in its environment: DB_PASSWORD, KEY"
    assert not any("hunter22" in item.summary or "AKIA" in item.summary for item in finding.evidence)


def test_clear_for_references_and_switches() -> None:
    """The name of a secret is none."""
    fine = web(SECRET_ARN="arn:aws:secretsmanager:x:1:secret:a", API_KEY_NAME="payments-key", TOKEN_TTL="600")
    assert clear(RULE.check(fine, declared(fine))) == "none of 3 variables looks like a secret"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DbSecretArn", "DbSecret"),
        ("dbSecretName", "orders/db"),
        ("API_KEYS_BUCKET", "keys-of-partners"),
        ("SECRETS_MANAGER_REGION", "eu-west-1"),
        ("PASSWORD_POLICY", "strict"),
        ("API_KEY_SOURCE", "HEADER"),
        ("CREDENTIALS_PROVIDER", "instance"),
        ("PASSWORDLESS_ENABLED", "true"),
        ("MAX_TOKENS", "4096"),
        ("QUEUE_URL", "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/jobs"),
        ("AWS_SECRET_ACCESS_KEY", "DUMMYEXAMPLEKEY"),
        ("API_KEY", "<your key>"),
        ("TokenEndpoint", "oauth2/token"),
    ],
)
def test_clear_for_what_is_about_a_secret_without_being_one(name: str, value: str) -> None:
    """The last word of a name says what it is, in every spelling."""
    fine = web(**{name: value})
    assert clear(RULE.check(fine, declared(fine))) == "none of 1 variable looks like a secret"
