"""The overlay on any CDK app, in two lines:

from shopfast_obs.constructs import apply_overlay
apply_overlay(app, "cdk/overlay.json")
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from shopfast_obs.model.overlay import MARK

if TYPE_CHECKING:
    from aws_cdk import App

__all__ = ["apply_overlay"]


def apply_overlay(app: App, path: str | Path) -> None:
    """Have the decisions of that file applied when the app synthesises; without the file the template does not change.
    A file in the assembly tells the commands that write overlays that this app applies one.

    Call it when the stacks are made. Raises UserError for a file that is not an overlay; what the overlay names and the
    app does not have is said in a warning.
    """
    file = Path(path)
    Path(app.outdir, MARK).write_text(str(file.resolve()), encoding="utf-8")
    if not file.exists():
        return
    from shopfast_obs.constructs.aspect import attach
    from shopfast_obs.parse import overlay

    attach(app, overlay.read(file.read_text(encoding="utf-8"), str(path)))
