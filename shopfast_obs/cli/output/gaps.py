"""What was not read is not clean: the exit code of a command that reads, and the sentence that goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopfast_obs.errors import EXIT_FINDINGS, EXIT_PARTIAL, EXIT_USER_ERROR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shopfast_obs.cli.app import App

NAMED = 3


def end(
    app: App, unread: Sequence[str], *, nothing: bool = False, failing: bool = False, allowed: bool = False
) -> None:
    """End the command when it is not clean: it is `failing`, or `unread` names what could not be read, and why, unless
    that is `allowed`; it never is where that is all (`nothing` was read)."""
    if nothing:
        app.terminal.warn(f"Nothing could be read, so nothing is known: {named(unread)}")
        app.exit(EXIT_USER_ERROR)
    if failing:
        app.exit(EXIT_FINDINGS)
    if unread and not allowed:
        app.terminal.warn(
            f"Only a part could be read (exit code {EXIT_PARTIAL}; 0 with --allow-partial). Not read: {named(unread)}"
        )
        app.exit(EXIT_PARTIAL)


def named(unread: Sequence[str]) -> str:
    """The first of what could not be read, and how many more there are, as the end of a sentence."""
    more = f"; and {len(unread) - NAMED} more" if len(unread) > NAMED else ""
    return "; ".join(text.rstrip(".") for text in unread[:NAMED]) + f"{more}."
