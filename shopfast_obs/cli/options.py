"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from shopfast_obs.cli.app import App

F = TypeVar("F", bound=Callable[..., Any])


def _store(attribute: str) -> Callable[[click.Context, click.Parameter, str | None], None]:
    def callback(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            setattr(context.ensure_object(App), attribute, value)

    return callback


def target(function: F) -> F:
    """Add --target, --profile and --region; their values are on the App."""
    for option in (
        click.option("--region", metavar="REGION", expose_value=False, callback=_store("region"), help="AWS region."),
        click.option(
            "--profile", metavar="NAME", expose_value=False, callback=_store("profile"), help="AWS profile (with aws)."
        ),
        click.option(
            "--target",
            type=click.Choice(["local", "aws"]),
            expose_value=False,
            callback=_store("target_name"),
            help="Where to act: the local cloud (default) or AWS.",
        ),
    ):
        function = option(function)
    return function


def output(*formats: str) -> Callable[[F], F]:
    """Add --format with these choices, the first being the default; the parameter is `output_format`."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print the result.",
    )
