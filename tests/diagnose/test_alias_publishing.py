"""Aliases of SAM that a change of settings alone does not move."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.diagnose.alias_publishing import unpublished

ALIAS = {"AutoPublishAlias": "live"}
SAM = "AWS::Serverless::Function"


def said(changed: list[str], shared: dict[str, Any] | None = None, type_: str = SAM, **own: Any) -> list[str]:
    """What is said of a function's change."""
    document = {"Globals": {"Function": shared or {}}, "Resources": {"Fn": {"Type": type_, "Properties": own}}}
    return list(unpublished(document, {"Fn": changed}))


@pytest.mark.parametrize("where", [{"shared": ALIAS}, ALIAS])
def test_a_timeout_alone_does_not_reach_the_alias(where: dict[str, Any]) -> None:
    """Whoever calls through it meets the old one."""
    (sentence,) = said(["Timeout", "TracingConfig.Mode"], **where)
    assert "Fn: SAM publishes no version for Timeout and TracingConfig alone, so its alias live keeps" in sentence
    assert "AutoPublishAliasAllProperties: true" in sentence


@pytest.mark.parametrize(
    ("changed", "own"),
    [
        (["Timeout"], {}),
        (["Timeout", "MemorySize"], ALIAS),
        (["Timeout"], {**ALIAS, "AutoPublishAliasAllProperties": True}),
        (["Timeout"], {**ALIAS, "type_": "AWS::Lambda::Function"}),
    ],
)
def test_nothing_is_said_where_the_change_arrives(changed: list[str], own: dict[str, Any]) -> None:
    """No alias, a version for this change, or for every one."""
    assert said(changed, **own) == []
