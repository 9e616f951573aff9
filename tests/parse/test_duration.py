"""Spans and times of `--since`."""

import pytest

from shopfast_obs.errors import UserError
from shopfast_obs.parse.duration import DeploymentAsked, deployment, seconds, since

NOW = 1_767_225_600.0  # 2026-01-01T00:00:00Z


@pytest.mark.parametrize(
    ("text", "back"),
    [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("1w", 604_800), ("1h30m", 5400), (" 1.5H ", 5400)],
)
def test_a_span_is_counted_back_from_now(text: str, back: float) -> None:
    """Every unit counts, alone and together."""
    assert since(text, NOW) == NOW - back


@pytest.mark.parametrize(
    "text", ["2025-12-31T23:00:00Z", "2025-12-31T23:00:00", "2026-01-01T00:00:00+01:00", "2025-12-31 23:00"]
)
def test_an_iso_time_is_utc_unless_it_has_an_offset(text: str) -> None:
    """The same moment in four spellings."""
    assert since(text, NOW) == NOW - 3600


@pytest.mark.parametrize("text", ["", "soon", "15", "m", "-5m", "15m ago", "2026-13-01", "1h 30x", "2027-01-01"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    """A span without unit, a word, a bad date and the future are user errors that show what would work."""
    with pytest.raises(UserError) as caught:
        since(text, NOW)
    assert "15m" in (caught.value.hint or "")


def test_seconds_refuses_a_time() -> None:
    """A length is no moment."""
    assert seconds("2m") == 120
    with pytest.raises(UserError):
        seconds("2026-01-01")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("deploy", DeploymentAsked()),
        ("deploy@2", DeploymentAsked(2)),
        ("deploy@0003", DeploymentAsked(entry="0003")),
        ("deploy:orders", DeploymentAsked(part="orders")),
        ("deploy@3:orders", DeploymentAsked(3, part="orders")),
        ("15m", None),
        ("2026-01-01T00:00:00Z", None),
    ],
)
def test_a_deployment_is_named_by_its_place_its_change_or_a_part(text: str, asked: DeploymentAsked | None) -> None:
    """The newest one where nothing else is said."""
    assert deployment(text) == asked


@pytest.mark.parametrize("text", ["deploy@0", "deploy@", "deploy2", "deploy@-1", "deployment"])
def test_what_names_no_deployment_is_refused(text: str) -> None:
    """With what would."""
    with pytest.raises(UserError) as caught:
        deployment(text)
    assert "deploy@2" in (caught.value.hint or "")
