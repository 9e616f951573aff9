"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from shopfast_obs.cli.app import App
from shopfast_obs.errors import UserError

F = TypeVar("F", bound=Callable[..., Any])


def _store(attribute: str) -> Callable[[click.Context, click.Parameter, str | None], None]:
    def callback(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            setattr(context.ensure_object(App), attribute, value)
            if attribute == "target_name":
                context.ensure_object(App).target_named = True

    return callback


def _store_regions(context: click.Context, _: click.Parameter, value: tuple[str, ...]) -> None:
    regions = tuple(dict.fromkeys(name.strip() for item in value for name in item.split(",") if name.strip()))
    if regions:
        context.ensure_object(App).regions = regions


def target(function: F) -> F:
    """Add --target, --profile and --region; their values are on the App."""
    region = click.option(
        "--region", metavar="REGION", expose_value=False, callback=_store("region"), help="AWS region."
    )
    return _target(region, function)


def target_with_codemods(function: F) -> F:
    """As `target`, where --profile may also name a profile of codemods."""
    region = click.option(
        "--region", metavar="REGION", expose_value=False, callback=_store("region"), help="AWS region."
    )
    return _target(region, function, "How far codemods go: decorators, logs or all; or an AWS profile (with aws).")


def target_with_regions(function: F) -> F:
    """Add --target, --profile and a --region that may name several; their values are on the App."""
    region = click.option(
        "--region",
        multiple=True,
        metavar="REGION,...",
        expose_value=False,
        callback=_store_regions,
        help="AWS region, or several (repeat, or with commas).",
    )
    return _target(region, function)


def _target(region: Callable[[F], F], function: F, profile: str = "AWS profile (with aws).") -> F:
    for option in (
        region,
        click.option("--profile", metavar="NAME", expose_value=False, callback=_store("profile"), help=profile),
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


def budget(function: F) -> F:
    """Add --budget: what queries of Logs Insights may cost."""
    return click.option(
        "--budget",
        type=click.FloatRange(0),
        metavar="USD",
        help="Refuse before anything is scanned when queries of Logs Insights would cost more.",
    )(function)


def verbose(function: F) -> F:
    """Add --verbose: what is counted otherwise is listed. The terminal knows."""

    def stored(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        context.ensure_object(App).terminal.verbose |= value

    help_ = "List all that is only counted otherwise."
    return click.option("--verbose", "-v", is_flag=True, expose_value=False, callback=stored, help=help_)(function)


def allow_partial(function: F) -> F:
    """Add --allow-partial; the parameter is `partial`."""
    return click.option(
        "--allow-partial",
        "partial",
        is_flag=True,
        help="Exit 0, not 4, where all is clean as far as it could be read, and something could not.",
    )(function)


def inputs(help_text: str) -> Callable[[F], F]:
    """`--input PATH`, repeated or followed by more paths, as one `inputs`; a path that cannot be read is the command's
    to name, beside others that can."""
    paths = click.Path(exists=True, path_type=Path, readable=False)

    def decorate(function: F) -> F:
        @wraps(function)
        def merged(*args: Any, inputs: tuple[Path, ...], more_inputs: tuple[Path, ...], **rest: Any) -> Any:  # noqa: ANN401
            return function(*args, inputs=(*inputs, *more_inputs), **rest)

        more = click.argument("more_inputs", nargs=-1, type=paths, metavar="[FILE_OR_FOLDER]...")(merged)
        return click.option("--input", "inputs", multiple=True, type=paths, help=help_text)(more)  # type: ignore[return-value]

    return decorate


def wide(function: F) -> F:
    """Add --wide; the parameter is `wide`."""
    help_ = "Cut and leave out nothing, however wide that is (as text)."
    return click.option("--wide", is_flag=True, help=help_)(function)


def modes(*, check: bool = False) -> Callable[[F], F]:
    """Add --diff and --apply (and --check), of which one may be given; the parameter is `mode`, `diff` by default."""

    def decorated(function: F) -> F:
        @wraps(function)
        def chosen(*args: Any, **given: Any) -> Any:  # noqa: ANN401 - any command
            asked = [name for name in ("diff", "apply", "check") if given.pop(f"mode_{name}", False)]
            also = ["verify"] if "diff" in asked and given.get("verify") else []  # which applies
            return function(*args, mode=one_mode([*asked, *also]), **given)

        if check:
            help_ = "Exit 1 when something is missing; change nothing."
            chosen = click.option("--check", "mode_check", is_flag=True, help=help_)(chosen)
        help_ = "Make the changes; `undo` takes them back."
        chosen = click.option("--apply", "mode_apply", is_flag=True, help=help_)(chosen)
        help_ = "Show the changes and make none (default)."
        return click.option("--diff", "mode_diff", is_flag=True, help=help_)(chosen)  # type: ignore[return-value]

    return decorated


def one_mode(asked: Sequence[str], default: str = "diff") -> str:
    """The one that was asked for; raises UserError for two, because one of them promises to change nothing."""
    if len(asked) > 1:
        raise UserError(f"--{' and --'.join(asked)} contradict each other; nothing was changed.", "Give one of them.")
    return asked[0] if asked else default


def rules(name: str, help_: str) -> Callable[[F], F]:
    """Add an option that takes rules' ids or patterns of them, several times; a shell completes them."""

    return click.option(name, multiple=True, metavar="RULE", help=help_, shell_complete=_known_rules)


def explained_argument(function: F) -> F:
    """Add the argument RULE or FACT...; its values are `patterns`."""
    return click.argument("patterns", metavar="[RULE|FACT]...", nargs=-1, shell_complete=_explained)(function)


def _explained(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from shopfast_obs.facts import every

    facts = [name for name in every() if incomplete and name.startswith(incomplete)]
    return _known_rules(context, parameter, incomplete) + facts


def _known_rules(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    from shopfast_obs.diagnose.engine import catalogue

    return [rule.id for rule in catalogue() if rule.id.startswith(incomplete)]


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
