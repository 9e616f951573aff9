"""`completion`: the script by which a shell completes commands, options and rules."""

from __future__ import annotations

import click

from shopfast_obs.cli.app import App, pass_app

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_SHOPFAST_OBS_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@pass_app
def command(app: App, shell: str) -> None:
    """Print the script that makes a shell complete commands, options and rules.

    \b
    Examples:
      eval "$(shopfast-obs completion bash)"     # in ~/.bashrc; likewise zsh in ~/.zshrc
      shopfast-obs completion fish > ~/.config/fish/completions/shopfast-obs.fish
    """
    from click.shell_completion import get_completion_class

    from shopfast_obs.cli import main

    kind = get_completion_class(shell)
    assert kind is not None  # click brings one for each of SHELLS
    app.terminal.raw(f"{kind(main, {}, 'shopfast-obs', VARIABLE).source()}\n")
